import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convert } from '../../src/convert/convert.js';
import { NO_OBJECTS, NONSENSE, spoiltBytes, tellNoFiles, tellOutcome } from '../damaged.js';
import { tempFolder } from '../temp-folder.js';
import { COUNTED, countedWeights } from './counted-weights.js';
import { configOf, safetensors, writeCheckpoint } from './tiny-checkpoint.js';

const LLAMA3 = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 64 };
const COUNTS = [
  'num_hidden_layers',
  'hidden_size',
  'num_attention_heads',
  'num_key_value_heads',
  'head_dim',
  'intermediate_size',
  'vocab_size',
  'max_position_embeddings',
];

type Fields = Record<string, unknown>;
type Damage = [string, { config?: Fields | string; reward?: Fields | string }];

/** A field with each value of a list, except the valid ones. */
function each(field: string, change: (value: unknown) => Damage[1], allowed: readonly unknown[] = []): Damage[] {
  return NONSENSE.filter((value) => !allowed.includes(value)).map((value) => [
    `${field} = ${JSON.stringify(value)}`,
    change(value),
  ]);
}

const windowed = { model_type: 'qwen2', use_sliding_window: true, sliding_window: 64 };
const MATTERS_NOT = [2 ** 40, 2 ** 30, 1e9, 1.5];
const FRACTIONS = [1e-300];

const DAMAGES: Damage[] = [
  ...COUNTS.flatMap((field) => each(field, (value) => ({ config: { [field]: value } }))),
  ...['model_type', 'hidden_act', 'partial_rotary_factor', 'rope_scaling', 'rope_parameters'].flatMap((field) =>
    each(field, (value) => ({ config: { [field]: value } })).filter(([name]) => !/= \{\}$/.test(name)),
  ),
  ...each('rope_theta', (value) => ({ config: { rope_theta: value } }), MATTERS_NOT.concat(2 ** 53)),
  ...each('rms_norm_eps', (value) => ({ config: { rms_norm_eps: value } }), FRACTIONS),
  ...Object.keys(LLAMA3).flatMap((field) =>
    each(`rope_scaling.${field}`, (value) => ({
      config: { rope_scaling: { rope_type: 'llama3', ...LLAMA3, [field]: value } },
    })).filter(([name]) => !/_freq_factor = (1.5|1e-300|1e9)$|\.factor = 1.5$|high_freq_factor = \d+$/.test(name)),
  ),
  ...each('sliding_window', (value) => ({ config: { model_type: 'mistral', sliding_window: value } }), [2 ** 30, 1e9]),
  ...each('layer_types', (value) => ({ config: { ...windowed, layer_types: value } }), [NONSENSE]).filter(([name]) =>
    name.includes('['),
  ),
  ...each('use_sliding_window', (value) => ({ config: { ...windowed, use_sliding_window: value } }), [true, false]),
  ...each('template', (value) => ({ reward: { template: value } }), ['x', '64', '']),
  ...each('max_length', (value) => ({ reward: { max_length: value } })),
  ...each('readout', (value) => ({ reward: { readout: value } })),
  ...each('pad_id', (value) => ({ reward: { pad_id: value } }), [0]),
  ...each('card', (value) => ({ reward: { readout: 'card', card: value } })),
  ...['trim', 'add_bos'].flatMap((field) => each(field, (value) => ({ reward: { [field]: value } }), [true, false])),
  ...['system', 'license', 'trunk'].flatMap((field) =>
    each(field, (value) => ({ reward: { [field]: value } }), ['x', '64', '']),
  ),
  ...NO_OBJECTS.flatMap((text): Damage[] => [
    [`config.json is ${text.slice(0, 20)}`, { config: text }],
    [`reward.json is ${text.slice(0, 20)}`, { reward: text }],
  ]),
];

const parent = tempFolder();
const checkpoint = await writeCheckpoint(join(parent, 'checkpoint'), COUNTED, countedWeights());
const write = (name: string, base: Fields, change: Fields | string = {}) =>
  writeFile(join(checkpoint, name), typeof change === 'string' ? change : JSON.stringify({ ...base, ...change }));
const attempt = () => convert({ checkpoint, folder: join(parent, 'model'), dtypes: ['int8'], overrides: {} });

for (const [damage, { config, reward }] of DAMAGES) {
  await write('config.json', configOf(COUNTED), config);
  await write('reward.json', { template: 'chatml', max_length: 128 }, reward);
  await tellOutcome(damage, attempt);
}

await write('config.json', configOf(COUNTED));
await write('reward.json', { template: 'chatml', max_length: 128 });
for (const name of ['config.json', 'reward.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja'])
  await tellNoFiles(join(checkpoint, name), attempt);
await tellNoFiles(join(checkpoint, 'model.safetensors'), attempt);

const weights = safetensors(countedWeights());
const header = 8 + Number(weights.readBigUInt64LE());
for (const { damage, bytes } of spoiltBytes(weights.subarray(0, header), 60)) {
  const isCut = bytes.length < header;
  await writeFile(join(checkpoint, 'model.safetensors'), isCut ? bytes : [bytes, weights.subarray(header)]);
  await tellOutcome(`header of model.safetensors: ${damage}`, attempt);
}
