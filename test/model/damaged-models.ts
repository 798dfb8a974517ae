import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from '../../src/contracts/row.js';
import { openScorer } from '../../src/score/open-scorer.js';
import { NO_OBJECTS, NONSENSE, spoiltBytes, tellNoFiles, tellOutcome } from '../damaged.js';
import { tinyModel } from '../doctor/tiny-model.js';
import { writeFolder } from '../engines/local/external-folder.js';
import { ROOT } from '../root.js';
import { scoringOf } from '../scoring-of.js';
import { tempFolder } from '../temp-folder.js';

/** Values that are invalid in every field except the listed ones. */
const ALLOWED: Readonly<Record<string, readonly unknown[]>> = {
  system: ['x', '64', ''],
  trim: [true, false],
  add_bos: [true, false],
  max_length: [],
  pad_id: [0],
};

const CACHE = { layers: 2, kv_heads: 2, head_dim: 32 };
const CARD = { pad_id: 1, fill_id: 2 };

async function* rows(): AsyncGenerator<Row> {
  const answers = [{ text: 'a' }, { text: 'ab'.repeat(99) }];
  const conversation = [{ role: 'user' as const, text: 'ab' }];
  yield { index: 0, promptId: '', conversation, answers, place: {}, record: {} };
}

async function score(model: string): Promise<void> {
  await using scorer = await openScorer(scoringOf(model, { template: templateOf(model) }));
  for await (const ranking of scorer.rankings(rows(), { keep: false, stop: () => {} }))
    if (ranking instanceof Error) throw ranking;
}

/** Set only for an external folder. */
const templateOf = (model: string) => (model.endsWith('foreign') ? 'llama-2-ppo' : undefined);

const model = join(tempFolder(), 'model');
cpSync(await tinyModel(), model, { recursive: true });
const whole = JSON.parse(readFileSync(join(model, 'reward.json'), 'utf8'));
const writeReward = (content: unknown) =>
  writeFileSync(join(model, 'reward.json'), typeof content === 'string' ? content : JSON.stringify(content));

const fields = ['template', 'system', 'trim', 'add_bos', 'readout', 'max_length', 'max_positions', 'truncation_side'];
for (const field of [...fields, 'pad_id', 'card', 'cache', 'files']) {
  for (const value of NONSENSE.filter(
    (one) => !ALLOWED[field]?.includes(one) && !(field === 'system' && one === null),
  )) {
    writeReward({ ...whole, [field]: value });
    await tellOutcome(`reward.json: ${field} = ${JSON.stringify(value)}`, () => score(model));
  }
}
for (const [name, parts] of Object.entries({ cache: CACHE, card: CARD, files: whole.files })) {
  for (const field of Object.keys(parts)) {
    for (const value of NONSENSE.filter((one) => name !== 'card' || one !== 0)) {
      writeReward({ ...whole, [name]: { ...parts, [field]: value } });
      await tellOutcome(`reward.json: ${name}.${field} = ${JSON.stringify(value)}`, () => score(model));
    }
  }
}
for (const text of NO_OBJECTS) {
  writeReward(text);
  await tellOutcome(`reward.json is ${text.slice(0, 20)}`, () => score(model));
}

writeReward(whole);
for (const name of ['reward.json', 'config.json', 'tokenizer.json', 'tokenizer_config.json'])
  await tellNoFiles(join(model, name), () => score(model));
for (const name of ['onnx/model.onnx', 'onnx/model.onnx_data'])
  await tellNoFiles(join(model, name), () => score(model));

/** Updates the digest, so that the damaged graph itself is checked. */
const graph = readFileSync(join(model, 'onnx/model.onnx'));
for (const { damage, bytes } of spoiltBytes(graph, 40)) {
  writeFileSync(join(model, 'onnx/model.onnx'), bytes);
  const digest = createHash('sha256').update(bytes).digest('hex');
  writeReward({ ...whole, files: { ...whole.files, 'onnx/model.onnx': digest } });
  await tellOutcome(`graph: ${damage}`, () => score(model));
}

const external = join(tempFolder(), 'foreign');
cpSync(writeFolder(), external, { recursive: true });
for (const { damage, bytes } of spoiltBytes(readFileSync(join(ROOT, 'test/oracles/foreign/last-token.onnx')), 40)) {
  writeFileSync(join(external, 'model.onnx'), bytes);
  await tellOutcome(`foreign graph: ${damage}`, () => score(external));
}
