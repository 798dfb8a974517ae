import assert from 'node:assert/strict';
import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { StarlingError } from '../../src/contracts/errors.js';
import { convert } from '../../src/convert/convert.js';
import { RewardSession } from '../../src/engines/local/session.js';
import { DTYPES, type Dtype, sha256 } from '../../src/model/files.js';
import { checkWeights, openModelFolder } from '../../src/model/folder.js';
import { tempFolder } from '../temp-folder.js';
import { plainReward } from './plain-llama.js';
import { configOf, randomTensors, type Shape, type Tensors, TINY, writeCheckpoint } from './tiny-checkpoint.js';

const options = (checkpoint: string, folder: string, dtypes: Dtype[] = [...DTYPES]) => ({
  checkpoint,
  folder,
  dtypes,
  overrides: {},
});
const IDS = [5, 300, 17, 17, 2, 0, 211, 44, 9, 118, 31];

async function rewardOf(folder: string, dtype: Dtype, ids: readonly number[], prefix: number): Promise<number> {
  const model = await openModelFolder(folder, dtype);
  const session = await RewardSession.open(model.graph, 1);
  const list = Int32Array.from(ids);
  const plan = {
    prefix: list.slice(0, prefix),
    suffixes: [list.slice(prefix)],
    suffixOf: [0],
    tokens: ids.length,
    carried: 0,
  };
  const [reward] = await session.score(plan);
  await session.close();
  return reward;
}

async function failure(work: () => Promise<unknown>): Promise<StarlingError> {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof StarlingError, String(error));
    return error;
  }
  return assert.fail('it did not fail');
}

const SHAPES: [string, Shape][] = [
  ['grouped heads', TINY],
  [
    'one group a head, a width with a small power of two',
    { ...TINY, width: 160, heads: 5, kvHeads: 5, feedForward: 144 },
  ],
  ['one group for all heads, one layer', { ...TINY, layers: 1, width: 64, heads: 4, kvHeads: 1, headDim: 16 }],
];

for (const [name, shape] of SHAPES) {
  test(`the graph gives the reward of a plain implementation: ${name}`, async () => {
    const folder = tempFolder();
    const tensors = randomTensors(shape);
    const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'), shape, tensors);
    await convert(options(checkpoint, join(folder, 'model')));
    const expected = plainReward(tensors, shape, IDS);
    const full = await rewardOf(join(folder, 'model'), 'fp32', IDS, 0);
    assert.ok(Math.abs(full - expected) < 1e-4 * Math.max(1, Math.abs(expected)), `${full} for ${expected}`);
    // The spread of rewards of random weights is about the root of the width. int8 changes rewards by a few per cent of that, q4 by ten
    // times as much.
    for (const [dtype, most] of [
      ['int8', 0.15],
      ['q4', 1],
    ] as const) {
      const small = await rewardOf(join(folder, 'model'), dtype, IDS, 0);
      assert.notEqual(small, full);
      assert.ok(Math.abs(small - expected) < most * Math.sqrt(shape.width), `${small} for ${expected}`);
    }
    for (const dtype of DTYPES) {
      const whole = await rewardOf(join(folder, 'model'), dtype, IDS, 0);
      for (const prefix of [2, 6, 10]) assert.equal(await rewardOf(join(folder, 'model'), dtype, IDS, prefix), whole);
    }
  });
}

test('the rotation spreads a channel a hundred times larger than the others: int8 is about as exact as without it', async () => {
  const folder = tempFolder();
  const errorOf = async (name: string, tensors: Tensors) => {
    const checkpoint = await writeCheckpoint(join(folder, name), TINY, tensors);
    const model = join(folder, `${name} model`);
    await convert(options(checkpoint, model));
    let squares = 0;
    for (let first = 0; first < 12; first++) {
      const ids = IDS.map((id) => (id + first * 23) % TINY.vocabulary);
      squares += ((await rewardOf(model, 'int8', ids, 0)) - (await rewardOf(model, 'fp32', ids, 0))) ** 2;
    }
    return Math.sqrt(squares / 12);
  };
  const plain = await errorOf('plain', randomTensors(TINY, 7));
  const tensors = randomTensors(TINY, 7);
  for (const [name, { shape, values }] of tensors) {
    if (name.endsWith('layernorm.weight')) values[3] *= 100;
    if (/(q|k|v|gate|up)_proj/.test(name)) for (let row = 0; row < shape[0]; row++) values[row * shape[1] + 3] /= 100;
  }
  const outlier = await errorOf('outlier', tensors);
  assert.ok(outlier < 1.5 * plain, `${outlier} against ${plain}`);
});

test('a model folder has its settings and the digest of each file in reward.json', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  await convert({
    ...options(checkpoint, join(folder, 'model')),
    overrides: { template: 'openchat-3.5', addBos: true },
  });
  const reward = JSON.parse(await readFile(join(folder, 'model/reward.json'), 'utf8'));
  assert.equal(reward.template, 'openchat-3.5');
  assert.equal(reward.add_bos, true);
  assert.equal(reward.max_length, 128);
  assert.deepEqual(reward.cache, { layers: 2, kv_heads: 2, head_dim: 32 });
  assert.deepEqual(Object.keys(reward.files).sort(), [
    'config.json',
    'onnx/model.onnx',
    'onnx/model.onnx_data',
    'onnx/model_int8.onnx',
    'onnx/model_int8.onnx_data',
    'onnx/model_q4.onnx',
    'onnx/model_q4.onnx_data',
    'tokenizer.json',
    'tokenizer_config.json',
  ]);
  for (const [name, digest] of Object.entries(reward.files)) {
    assert.equal(await sha256(join(folder, 'model', name)), digest);
  }
  assert.deepEqual((await readdir(folder)).sort(), ['checkpoint', 'model'], 'no draft is left');
});

test('the digest of each part of the weights is checked', async () => {
  const folder = join(tempFolder(), 'model');
  await convert(options(await writeCheckpoint(join(folder, '../checkpoint')), folder, ['int8']));
  const part = join(folder, 'onnx/model_int8.onnx_data_1');
  await writeFile(part, 'weights');
  const reward = JSON.parse(await readFile(join(folder, 'reward.json'), 'utf8'));
  reward.files['onnx/model_int8.onnx_data_1'] = await sha256(part);
  await writeFile(join(folder, 'reward.json'), JSON.stringify(reward));
  assert.equal((await openModelFolder(folder)).dtype, 'int8');
  await writeFile(part, 'others');
  assert.match(
    String(await failure(async () => checkWeights(await openModelFolder(folder)))),
    /E_MODEL: .*onnx_data_1: this file has another SHA-256 than reward\.json lists/,
  );
});

test('the same checkpoint gains a dtype, and converting it again gives the same bytes', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  const model = join(folder, 'model');
  await convert(options(checkpoint, model, ['int8']));
  const first = await readFile(join(model, 'onnx/model_int8.onnx_data'));
  await convert(options(checkpoint, model, ['fp32', 'q4']));
  await convert(options(checkpoint, model, ['int8']));
  assert.deepEqual(await readFile(join(model, 'onnx/model_int8.onnx_data')), first);
  for (const dtype of DTYPES) assert.equal((await openModelFolder(model, dtype)).dtype, dtype);
});

test('a folder of another checkpoint is refused and not changed', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  const other = await writeCheckpoint(join(folder, 'other'), TINY, randomTensors(TINY, 2));
  await convert(options(checkpoint, join(folder, 'model'), ['int8']));
  const before = await stat(join(folder, 'model/reward.json'));
  const error = await failure(() => convert(options(other, join(folder, 'model'), ['int8'])));
  assert.equal(error.code, 'E_EXISTS');
  assert.equal((await stat(join(folder, 'model/reward.json'))).mtimeMs, before.mtimeMs);
});

test('a missing template and a maximum length out of range are misuse', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  const tooLong = { ...options(checkpoint, join(folder, 'model')), overrides: { maxLength: 129 } };
  assert.match(
    String(await failure(() => convert(tooLong))),
    /E_USAGE: .*129 does not fit the model; expected 2 to 128 tokens/,
  );
  await writeFile(join(checkpoint, 'reward.json'), '{}');
  assert.match(
    String(await failure(() => convert(options(checkpoint, join(folder, 'model'))))),
    /E_USAGE: .*--template/,
  );
});

test('rope_theta is read from rope_parameters, where transformers 5 writes it', async () => {
  const folder = tempFolder();
  const weightsOf = async (name: string, change: object) => {
    const checkpoint = await writeCheckpoint(join(folder, name));
    await writeFile(join(checkpoint, 'config.json'), JSON.stringify({ ...configOf(TINY), ...change }));
    await convert(options(checkpoint, join(folder, `${name} model`), ['fp32']));
    return sha256(join(folder, `${name} model/onnx/model.onnx_data`));
  };
  const old = await weightsOf('old', { rope_theta: 5e6 });
  assert.equal(await weightsOf('new', { rope_theta: undefined, rope_parameters: { rope_theta: 5e6 } }), old);
  assert.notEqual(await weightsOf('other', {}), old);
});

test('a folder that was converted with other settings or another config is refused', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  const model = join(folder, 'model');
  await convert(options(checkpoint, model, ['int8']));
  const other = { ...options(checkpoint, model, ['fp32']), overrides: { template: 'openchat-3.5' } };
  assert.equal((await failure(() => convert(other))).code, 'E_EXISTS');
  await writeFile(join(checkpoint, 'config.json'), JSON.stringify({ ...configOf(TINY), rope_theta: 20000 }));
  assert.equal((await failure(() => convert(options(checkpoint, model, ['fp32'])))).code, 'E_EXISTS');
});

test('a stopped conversion leaves no files', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  const stop = new AbortController();
  const stopped = {
    ...options(checkpoint, join(folder, 'model')),
    onStep: () => stop.abort(),
    interrupted: stop.signal,
  };
  assert.equal((await failure(() => convert(stopped))).exitCode, 130);
  assert.deepEqual(await readdir(folder), ['checkpoint']);
});

test('a checkpoint with an unsupported or invalid setting is refused with its place and leaves no files', async () => {
  const folder = tempFolder();
  const config = (change: object) => (path: string) =>
    writeFile(join(path, 'config.json'), JSON.stringify({ ...configOf(TINY), ...change }));
  const cases: [string, RegExp, (path: string) => Promise<unknown>][] = [
    ['no config', /config\.json/, (path) => rename(join(path, 'config.json'), join(path, 'other'))],
    ['a config that is no JSON', /not a JSON object/, (path) => writeFile(join(path, 'config.json'), '{')],
    [
      'another architecture',
      /"bert"; expected "llama", .*"qwen3"\. A model of another type/,
      config({ model_type: 'bert' }),
    ],
    ['missing biases', /q_proj\.bias is missing/, config({ attention_bias: true })],
    ['an odd head size', /head size of 20/, config({ head_dim: 20 })],
    ['scaled positions', /rope_scaling/, config({ rope_scaling: { type: 'linear', factor: 2 } })],
    ['scaled positions, new style', /"yarn"/, config({ rope_parameters: { rope_type: 'yarn', rope_theta: 10000 } })],
    ['positions of another kind, old key', /"linear"/, config({ rope_parameters: { type: 'linear', factor: 2 } })],
    [
      'positions for each type of layer',
      /full_attention/,
      config({ rope_parameters: { full_attention: { rope_theta: 5 } } }),
    ],
    ['positions that are a string', /"yarn" cannot/, config({ rope_parameters: 'yarn' })],
    [
      'rotary embedding of half a head',
      /partial_rotary_factor/,
      config({ rope_parameters: { rope_theta: 10000, partial_rotary_factor: 0.5 } }),
    ],
    ['rotary embedding of half a head, old style', /partial_rotary_factor/, config({ partial_rotary_factor: 0.5 })],
    ['two values of rope_theta', /one rope_theta/, config({ rope_parameters: { rope_theta: 5e6 } })],
    ['half a layer', /num_hidden_layers: expected a whole number, found 1.5/, config({ num_hidden_layers: 1.5 })],
    ['no tokenizer', /tokenizer\.json/, (path) => rename(join(path, 'tokenizer.json'), join(path, 'other'))],
    [
      'a reward.json of another type',
      /expected a boolean/,
      (path) => writeFile(join(path, 'reward.json'), '{"template":"chatml","trim":"yes"}'),
    ],
  ];
  for (const [name, message, spoil] of cases) {
    const checkpoint = await writeCheckpoint(join(folder, name));
    await spoil(checkpoint);
    const error = await failure(() => convert(options(checkpoint, join(folder, `${name} model`), ['int8'])));
    assert.equal(error.code, 'E_CHECKPOINT', `${name}: ${error}`);
    assert.match(String(error), message, name);
    assert.ok(String(error).includes(folder), `${name}: ${error}`);
  }
  for (const path of ['nowhere', 'no config/other']) {
    const error = await failure(() => convert(options(join(folder, path), join(folder, 'x'))));
    assert.equal(error.code, 'E_NO_INPUT');
    assert.equal(error.exitCode, 2);
  }
  assert.deepEqual(
    (await readdir(folder)).filter((name) => /model|partial|^x$/.test(name)),
    [],
  );
});

test('a text of an odd maximum length can be padded to an even run', async () => {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'));
  await writeFile(join(checkpoint, 'config.json'), JSON.stringify({ ...configOf(TINY), max_position_embeddings: 11 }));
  await writeFile(join(checkpoint, 'reward.json'), JSON.stringify({ template: 'chatml', max_length: 11 }));
  await convert(options(checkpoint, join(folder, 'model')));
  const expected = plainReward(randomTensors(TINY), TINY, IDS);
  assert.equal(IDS.length, 11);
  assert.ok(Math.abs((await rewardOf(join(folder, 'model'), 'fp32', IDS, 0)) - expected) < 1e-3);
});
