import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { TextConsole } from '../../../src/cli/common/console/text-console.js';
import { addGolden } from '../../../src/cli/doctor/add-golden.js';
import { openCheckpoint } from '../../../src/convert/checkpoint.js';
import { convert } from '../../../src/convert/convert.js';
import { rewardTensors } from '../../../src/convert/reward-tensors.js';
import { writeSafetensors } from '../../../src/convert/transformers/safetensors-writer.js';
import { tensorList } from '../../../src/convert/transformers/tensor-list.js';
import { planRow } from '../../../src/engines/local/plan/plan.js';
import { RewardSession } from '../../../src/engines/local/session.js';
import { sha256 } from '../../../src/model/files.js';
import { openModelFolder } from '../../../src/model/folder.js';
import type { GoldenRow } from '../../../src/model/golden-file.js';
import { openServedFolder } from '../../../src/model/served-folder.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { familyOracle, weightsOf, writeFamily } from '../families.js';
import { convertToServe, SERVED_FAMILIES, servedFamily } from './served-families.js';

/** Rewards of PyTorch, by test/oracles/transformers_folders.py. */
interface Loaded {
  sha256: Record<string, string>;
  model_class: string;
  alone: number[];
  batch: number[];
}

const LOADED: Record<string, Loaded> = JSON.parse(
  readFileSync(join(ROOT, 'test/oracles/transformers-folders.json'), 'utf8'),
);
const CLOSE = 1e-4;

function near(found: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < CLOSE, `${what}, ${i}: ${value} for ${expected[i]}`);
  });
}

/** Rewards of the golden ids by our own graph in fp32. */
async function ours(checkpoint: string, golden: readonly GoldenRow[]): Promise<number[]> {
  const folder = join(tempFolder(), 'model');
  await convert({ checkpoint, folder, dtypes: ['fp32'], overrides: {} });
  const session = await RewardSession.open((await openModelFolder(folder)).graph, 1);
  const found: number[] = [];
  for (const { ids } of golden) {
    const [reward] = await session.score(planRow([{ ids: Int32Array.from(ids), cut: 0 }]));
    found.push(reward);
  }
  await session.close();
  return found;
}

test('every family of the converter is served', () => {
  assert.deepEqual(Object.keys(LOADED).sort(), [...SERVED_FAMILIES.keys()].sort());
});

for (const [name, { sha256: loaded, alone, batch }] of Object.entries(LOADED)) {
  test(`${name}: the class of transformers gives the golden rows the rewards of our graph, alone and in a padded batch`, async () => {
    const parent = tempFolder();
    const folder = await servedFamily(parent, name);
    for (const [file, digest] of Object.entries(loaded))
      assert.equal(
        await sha256(join(folder, file)),
        digest,
        `${file} is not the one that PyTorch loaded: run the oracle`,
      );
    const { golden = [] } = await openServedFolder(folder);
    assert.equal(golden.length, 8);
    const rewards = golden.map(({ reward }) => reward);
    near(rewards, alone, 'golden rows alone');
    near(rewards, batch, 'golden rows in a batch');
    near(await ours(join(parent, `${name}-checkpoint`), golden), alone, 'our graph');
  });
}

test('the config names the class and one output, and keeps the rest; remote code and labels are dropped', async () => {
  const folder = tempFolder();
  const family = familyOracle('qwen2');
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), family, { template: 'chatml' });
  const own = {
    ...family.config,
    auto_map: { AutoModel: 'x.py' },
    id2label: { 0: 'a', 1: 'b' },
    label2id: { a: 0, b: 1 },
  };
  await writeFile(join(checkpoint, 'config.json'), JSON.stringify({ ...own, torch_dtype: 'bfloat16' }));
  await convertToServe(checkpoint, join(folder, 'served'));
  const { architectures, num_labels, problem_type, pad_token_id, ...kept } = JSON.parse(
    await readFile(join(folder, 'served/config.json'), 'utf8'),
  );
  assert.deepEqual([architectures, num_labels, problem_type], [['Qwen2ForSequenceClassification'], 1, 'regression']);
  assert.equal(pad_token_id, 0);
  const {
    auto_map,
    id2label,
    label2id,
    architectures: _,
    pad_token_id: __,
    ...expected
  } = own as Record<string, unknown>;
  assert.deepEqual(kept, { ...expected, torch_dtype: 'bfloat16' });
  assert.equal(existsSync(join(folder, 'served.lock')), false);
});

/** Converts with these changes to the tokenizer's settings; returns the pad tokens of config and tokenizer. */
async function pads(template: string, config: object, tokenizer: object, reward: object = {}, tokens?: object[]) {
  const folder = tempFolder();
  const family = familyOracle('llama-3');
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), family, { template, ...reward });
  const change = async (file: string, by: object) => {
    const path = join(checkpoint, file);
    await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), ...by }));
  };
  await change('config.json', config);
  await change('tokenizer_config.json', tokenizer);
  if (tokens !== undefined) await change('tokenizer.json', { added_tokens: tokens });
  await convertToServe(checkpoint, join(folder, 'served'));
  const read = async (file: string) => JSON.parse(await readFile(join(folder, 'served', file), 'utf8'));
  return [(await read('config.json')).pad_token_id, (await read('tokenizer_config.json')).pad_token];
}

const ids = new Map<string, number>(
  JSON.parse(readFileSync(join(ROOT, 'test/oracles/families-tokenizer.json'), 'utf8')).added_tokens.map(
    ({ id, content }: { id: number; content: string }) => [content, id],
  ),
);

test('a pad token that ends texts is replaced, in the config and in the tokenizer; another one is kept', async () => {
  const end = '<|im_end|>';
  assert.deepEqual(await pads('chatml', { pad_token_id: ids.get(end) }, { pad_token: end }), [0, '<unk>']);
  assert.deepEqual(await pads('chatml', {}, { pad_token: '<|eot_id|>' }), [ids.get('<|eot_id|>'), '<|eot_id|>']);
  const other = { pad_token_id: ids.get('</s>') };
  assert.deepEqual(await pads('llama-2-ppo', other, { pad_token: '</s>' }), [0, '<unk>'], '</s> ends these texts');
});

test('a model that was trained to pass over its pad token keeps it, as golden rows and servers do', async () => {
  const config = { architectures: ['LlamaForSequenceClassification'], pad_token_id: ids.get('<|im_end|>') };
  assert.deepEqual(await pads('chatml', config, { pad_token: '<|im_end|>' }), [ids.get('<|im_end|>'), '<|im_end|>']);
});

test('without a special token that never ends a text, the conversion is refused', async () => {
  const tokens = ['<|im_start|>', '<|im_end|>'].map((content) => ({
    id: ids.get(content),
    content,
    special: content === '<|im_end|>',
  }));
  const refused = pads('chatml', {}, { pad_token: '<|im_end|>' }, {}, tokens);
  await assert.rejects(refused, /E_CHECKPOINT: .*tokenizer\.json: every special token of the tokenizer can end a text/);
});

test('shards have an index, and every tensor has the type and bits of the checkpoint', async () => {
  const folder = tempFolder();
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), familyOracle('qwen3'), { template: 'chatml' });
  const opened = rewardTensors(await openCheckpoint(checkpoint));
  const tensors = tensorList(opened.trunk, false).map(({ name, shape }) => ({
    name,
    tensor: opened.stored(name, shape),
  }));
  const files = await writeSafetensors(folder, tensors, 50_000);
  assert.ok(files.length > 4, `${files}`);
  await writeFile(join(folder, 'config.json'), await readFile(join(checkpoint, 'config.json')));
  const written = await openCheckpoint(folder);
  assert.deepEqual([...written.names].sort(), tensors.map(({ name }) => name).sort());
  for (const { name, tensor } of tensors) {
    const copy = written.stored(name, tensor.shape);
    const values = tensor.shape.reduce((product, extent) => product * extent, 1);
    assert.equal(copy.floats, tensor.floats);
    assert.deepEqual(await copy.bytes(0, values), await tensor.bytes(0, values), name);
  }
  await written.close();
  await opened.close();
});

const REFUSED: [string, () => Promise<void>, RegExp][] = [
  [
    'a head with a bias',
    () => refusedFamily('llama, biases', { template: 'chatml' }),
    /the head has a bias \(value_head\.bias\), .*; .*remove value_head\.bias .* rankings stay as they are/,
  ],
  [
    'the readout card',
    () => refusedFamily('llama-2', { template: 'chatml', readout: 'card' }),
    /the readout is card: .* position 127 .*; convert with --readout last-token, which gives other rewards and orders a third/,
  ],
  [
    'a gated head',
    async () => {
      const tensors = weightsOf(familyOracle('llama-3'));
      const head = tensors.get('score.weight');
      if (head === undefined) throw new Error('no head');
      tensors.delete('score.weight');
      tensors.set('regression_layer.weight', head).set('gating.layers.0.weight', head);
      await refusedFamily('llama-3', { template: 'chatml' }, tensors);
    },
    /the head is gated: .* regression_layer .*; export the model to ONNX/,
  ],
  [
    'NaN in the weights',
    async () => {
      const tensors = weightsOf(familyOracle('llama-3'));
      tensors.get('model.norm.weight')?.values.fill(Number.NaN, 0, 1);
      await refusedFamily('llama-3', { template: 'chatml' }, tensors);
    },
    /tensor model\.norm\.weight holds NaN or infinite values/,
  ],
];

async function refusedFamily(name: string, reward: object, tensors = weightsOf(familyOracle(name))): Promise<void> {
  const folder = tempFolder();
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), familyOracle(name), reward, tensors);
  try {
    await convertToServe(checkpoint, join(folder, 'served'));
  } finally {
    assert.deepEqual(readdirSync(folder), ['checkpoint'], 'nothing is left');
  }
}

for (const [what, convertIt, problem] of REFUSED) {
  test(`${what} is refused, with the reason and a way round`, () =>
    assert.rejects(convertIt, (error) => /^E_CHECKPOINT: /.test(`${error}`) && problem.test(`${error}`)));
}

test('a folder that exists is not touched, and a folder for servers is no folder with a graph', async () => {
  const parent = tempFolder();
  const folder = await servedFamily(parent, 'yi');
  await assert.rejects(convertToServe(join(parent, 'yi-checkpoint'), folder), /E_EXISTS: .*name a new folder/);
  await assert.rejects(openModelFolder(folder), /this folder is for servers and has no graph; score with --engine/);
  const model = join(parent, 'model');
  await convert({ checkpoint: join(parent, 'yi-checkpoint'), folder: model, dtypes: ['fp32'], overrides: {} });
  await assert.rejects(openServedFolder(model), /has graphs for this machine; .*convert --to transformers/);
});

test('doctor --golden makes the rows that the conversion made, where they are absent', async () => {
  const folder = await servedFamily(tempFolder(), 'qwen2');
  const file = join(folder, 'golden.json');
  const made = await readFile(file, 'utf8');
  await rm(file);
  assert.equal((await openServedFolder(folder)).golden, undefined);
  const console = new TextConsole().of({ quiet: true, progress: false });
  for (const _ of ['absent', 'there']) {
    await addGolden(folder, console, new AbortController().signal);
    assert.equal(await readFile(file, 'utf8'), made);
  }
});

test('golden rows of other weights, and damaged ones, are refused', async () => {
  const folder = await servedFamily(tempFolder(), 'yi');
  const file = join(folder, 'golden.json');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/"model\.safetensors":"./, '"model.safetensors":"x'));
  await assert.rejects(openServedFolder(folder), /golden rows were made from other weights; .*doctor --golden/);
  for (const damaged of [
    '{',
    '[]',
    text.replace('"golden_format": 1', '"golden_format": 2'),
    text.replace(/"reward":[^,]*/, '"reward":"x"'),
  ]) {
    await writeFile(file, damaged);
    await assert.rejects(openServedFolder(folder), /E_MODEL: .*golden\.json/, damaged.slice(0, 60));
  }
});
