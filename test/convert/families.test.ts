import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Ranking } from '../../src/contracts/ranking.js';
import type { Row } from '../../src/contracts/row.js';
import { convert } from '../../src/convert/convert.js';
import { planRow, type ReadBy } from '../../src/engines/local/plan/plan.js';
import { RewardSession } from '../../src/engines/local/session.js';
import { type Dtype, sha256 } from '../../src/model/files.js';
import { openModelFolder } from '../../src/model/folder.js';
import { openScorer } from '../../src/score/open-scorer.js';
import { type Changes, scoringOf } from '../scoring-of.js';
import { tempFolder } from '../temp-folder.js';
import { familyOracle, oracle, weightsOf, writeFamily } from './families.js';
import { storedValues } from './stored-values.js';
import { safetensors, type Tensors } from './tiny-checkpoint.js';
import { torchFile } from './torch-file.js';

const CLOSE = 1e-4;
const BOS = 1;

/** Rewards of the id lists. Each list is scored whole and with a prefix in the cache, and both rewards must have the same bits. */
async function rewards(folder: string, dtype: Dtype, lists: readonly number[][], by: ReadBy = {}): Promise<number[]> {
  const session = await RewardSession.open((await openModelFolder(folder, dtype)).graph, 1);
  const found: number[] = [];
  for (const list of lists) {
    const plan = planRow([{ ids: Int32Array.from(list), cut: 0 }], by);
    const [ids] = plan.suffixes;
    const [reward] = await session.score(plan);
    const prefix = 2 * Math.floor((ids.length - 1) / 4);
    const [after] = await session.score({ ...plan, prefix: ids.slice(0, prefix), suffixes: [ids.slice(prefix)] });
    assert.equal(after, reward, `${list.length} ids, ${prefix} of them first`);
    found.push(reward);
  }
  await session.close();
  return found;
}

function near(found: readonly number[], expected: readonly number[], what: string, most = CLOSE): void {
  assert.equal(found.length, expected.length);
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < most, `${what}, ${i}: ${value} for ${expected[i]}`);
  });
}

/**
 * Weights are random, so the spread of rewards is about the root of the width. int8 changes rewards by a fiftieth of that, q4 by a fifth.
 */
const ROUGHLY = { int8: 0.3, q4: 2.2 };

function roughlyNear(
  dtype: keyof typeof ROUGHLY,
  found: readonly number[],
  expected: readonly number[],
  what: string,
): void {
  const squares = found.reduce((sum, value, i) => sum + (value - expected[i]) ** 2, 0);
  const error = Math.sqrt(squares / found.length);
  assert.ok(error < ROUGHLY[dtype], `${dtype}, ${what}, ${error}: ${found} for ${expected}`);
}

for (const family of oracle.families) {
  const readouts = family.card ? (['last-token', 'card'] as const) : (['last-token'] as const);
  for (const readout of readouts) {
    test(`${family.family}, readout ${readout}: rewards are those of PyTorch`, async () => {
      const folder = tempFolder();
      const card = { pad_id: BOS, fill_id: 0 };
      const checkpoint = await writeFamily(join(folder, 'checkpoint'), family, { template: 'chatml', readout, card });
      const model = join(folder, 'model');
      await convert({ checkpoint, folder: model, dtypes: ['fp32', 'int8', 'q4'], overrides: {} });
      near(await rewards(model, 'fp32', family.ids), family.last_token, 'last token');
      for (const dtype of ['int8', 'q4'] as const) {
        roughlyNear(
          dtype,
          await rewards(model, dtype, family.ids),
          family.last_token,
          `last token of ${family.family}`,
        );
      }
      if (readout !== 'card') return;
      for (const [length, expected] of Object.entries(family.card ?? {})) {
        const read = { card: { padId: BOS, fillId: 0, maxLength: Number(length) } };
        near(await rewards(model, 'fp32', family.ids, read), expected, `card of ${length}`);
        for (const dtype of ['int8', 'q4'] as const) {
          roughlyNear(dtype, await rewards(model, dtype, family.ids, read), expected, `card of ${length}`);
        }
      }
    });
  }
}

const ROWS = oracle.rows.map(({ prompt, answers }, index): Row => {
  const conversation = [{ role: 'user' as const, text: prompt }];
  return { index, promptId: '', conversation, answers: answers.map((text) => ({ text })), place: {}, record: {} };
});

test('q4: a score does not depend on the order of rows and answers, the worker or the number of threads', async () => {
  const folder = tempFolder();
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), familyOracle('llama-2'), {
    template: 'llama-2-ppo',
  });
  const model = join(folder, 'model');
  await convert({ checkpoint, folder: model, dtypes: ['q4'], overrides: {} });
  const expected = await scores(model);
  assert.ok(new Set(expected.flat()).size > 10);
  const reversed = [...ROWS].reverse().map((row) => ({ ...row, answers: [...row.answers].reverse() }));
  const found = await scores(model, { workers: 3, threads: 2 }, reversed);
  assert.deepEqual(found.map((ofRow) => ofRow.reverse()).reverse(), expected);
});

async function scores(model: string, changes: Changes = {}, given = ROWS): Promise<number[][]> {
  async function* rows() {
    yield* given;
  }
  const scorer = await openScorer(scoringOf(model, { ...changes, allowSpecial: true }));
  const found: number[][] = [];
  for await (const ranking of scorer.rankings(rows(), { keep: false, stop: () => {} }))
    found.push((ranking as Ranking).scores);
  await scorer.close();
  return found;
}

for (const starling of oracle.starlings) {
  test(`${starling.case}: rewards are those of the class on the card, at any maximum length`, async () => {
    const folder = tempFolder();
    const { template, add_bos, pad_id, fill_id } = starling;
    const reward = { template, add_bos, readout: 'card', card: { pad_id, fill_id } };
    const checkpoint = await writeFamily(join(folder, 'checkpoint'), familyOracle(starling.family), reward);
    const model = join(folder, 'model');
    await convert({ checkpoint, folder: model, dtypes: ['fp32'], overrides: {} });
    for (const [length, expected] of Object.entries(starling.scores)) {
      const found = await scores(model, { dtype: 'fp32', maxLength: Number(length) });
      assert.equal(found.length, expected.length);
      expected.forEach((row, i) => {
        near(found[i], row, `${length} tokens, row ${i}`);
      });
    }
  });
}

const renamed = (tensors: Tensors, name: (old: string) => string): Tensors =>
  new Map([...tensors].map(([old, tensor]) => [name(old), tensor]));

test('configs of earlier transformers give the same model', async () => {
  const weightsWith = async (name: string, change: object) => {
    const family = familyOracle(name);
    const folder = tempFolder();
    const config = { ...family.config, ...change };
    const checkpoint = await writeFamily(join(folder, 'checkpoint'), { ...family, config }, { template: 'chatml' });
    await convert({ checkpoint, folder: join(folder, 'model'), dtypes: ['fp32'], overrides: {} });
    return Promise.all(['', '_data'].map((end) => sha256(join(folder, `model/onnx/model.onnx${end}`))));
  };
  const { rope_theta, ...scaling } = familyOracle('llama-3').config.rope_parameters as Record<string, unknown>;
  const llama3 = await weightsWith('llama-3', {});
  const older = { rope_parameters: undefined, rope_theta, head_dim: undefined };
  assert.deepEqual(await weightsWith('llama-3', { ...older, rope_scaling: scaling }), llama3);
  const { rope_type: type, ...rest } = scaling;
  assert.deepEqual(await weightsWith('llama-3', { ...older, rope_scaling: { type, ...rest } }), llama3);
  assert.notDeepEqual(await weightsWith('llama-3', { ...older, rope_scaling: { ...scaling, factor: 4 } }), llama3);
  const window = { use_sliding_window: true, sliding_window: 7, max_window_layers: 1 };
  const listed = await weightsWith('qwen2, window', {});
  assert.deepEqual(await weightsWith('qwen2, window', { layer_types: undefined, ...window }), listed);
  assert.deepEqual(await weightsWith('qwen2', { layer_types: undefined }), await weightsWith('qwen2', {}));
  assert.deepEqual(
    await weightsWith('mistral', { sliding_window: undefined }),
    await weightsWith('mistral', { sliding_window: 4096 }),
  );
  assert.notDeepEqual(await weightsWith('mistral', { sliding_window: null }), await weightsWith('mistral', {}));
});

test('configs with settings that no family supports are refused with the field', async () => {
  const cases: [string, object, RegExp][] = [
    [
      'llama-3',
      { rope_parameters: { rope_type: 'llama3', rope_theta: 1 } },
      /field rope_parameters: .*low_freq_factor/,
    ],
    [
      'llama-3',
      { rope_scaling: { type: 'llama3' } },
      /field rope_parameters: .*one of rope_parameters and rope_scaling/,
    ],
    ['mistral', { rope_parameters: { rope_type: 'llama3', rope_theta: 1 } }, /only rope_type default can/],
    ['qwen2', { layer_types: ['full_attention'] }, /field layer_types: expected 2 times full_attention/],
    ['qwen2', { layer_types: ['full_attention', 'sliding_attention'] }, /field layer_types: .*use_sliding_window/],
    ['qwen3', { attention_bias: 'no' }, /field attention_bias: expected true or false, found "no"/],
    ['qwen3', { hidden_act: 'gelu' }, /field hidden_act: hidden_act "gelu" cannot be converted; only silu can/],
    ['mistral', { sliding_window: 0 }, /field sliding_window: expected a positive number, found 0/],
    ['qwen3', { model_type: 'qwen3_moe' }, /"qwen3_moe"; expected "llama", "mistral", "qwen2", "qwen3"\. A/],
  ];
  for (const [name, change, message] of cases) {
    const family = familyOracle(name);
    const config = { ...family.config, ...change };
    const folder = tempFolder();
    const checkpoint = await writeFamily(join(folder, 'checkpoint'), { ...family, config }, { template: 'chatml' });
    const refused = convert({ checkpoint, folder: join(folder, 'model'), dtypes: ['fp32'], overrides: {} });
    await assert.rejects(refused, (error) => message.test(String(error)) || assert.fail(String(error)));
  }
});

test('the readout skips padding at the end of a text where the class of transformers does', async () => {
  const families = oracle.families.filter(({ before_pads }) => before_pads);
  assert.ok(families.length > 0);
  for (const family of families) {
    const { ids, pad_id = 0, before_pads = [], last_token } = family;
    const folder = tempFolder();
    const config = { ...family.config, architectures: ['XForSequenceClassification'], pad_token_id: pad_id };
    const padOf = async (name: string, given: object, tensors?: Tensors) => {
      const reward = { template: 'chatml', ...given };
      const checkpoint = await writeFamily(join(folder, name), { ...family, config }, reward, tensors);
      await convert({ checkpoint, folder: join(folder, `${name} model`), dtypes: ['fp32'], overrides: {} });
      return (await openModelFolder(join(folder, `${name} model`))).padId;
    };
    const padId = await padOf('class', {});
    assert.equal(padId, pad_id);
    const padded = ids.map((list) => [...list, pad_id, pad_id]);
    near(await rewards(join(folder, 'class model'), 'fp32', padded, { padId }), before_pads, family.family);
    near(before_pads, last_token, 'PyTorch skips padding');
    assert.equal(await padOf('pad_id null in reward.json', { pad_id: null }), undefined);
    const own = renamed(weightsOf(family), (name) => name.replace('score.', 'v_head.'));
    assert.equal(await padOf('class of its own', {}, own), undefined);
  }
});

/** Writes two shards, each with half of the tensors, and an index. */
async function inShards(
  folder: string,
  tensors: Tensors,
  name: string,
  write: (part: Tensors) => Iterable<Uint8Array>,
) {
  const [stem, suffix] = [name.replace(/\.\w+$/, ''), name.replace(/^.*\./, '.')];
  const entries = [...tensors];
  const half = Math.floor(entries.length / 2);
  const weight_map: Record<string, string> = {};
  for (const [i, part] of [entries.slice(0, half), entries.slice(half)].entries()) {
    const file = `${stem}-0000${i + 1}-of-00002${suffix}`;
    for (const [key] of part) weight_map[key] = file;
    await writeFile(join(folder, file), write(new Map(part)));
  }
  await writeFile(join(folder, `${name}.index.json`), JSON.stringify({ weight_map }));
}

const pickled = (storage: 'HalfStorage' | 'FloatStorage') => (tensors: Tensors) =>
  torchFile(
    [...tensors].map(([name, { shape, values }]) => {
      const parts = [storedValues(values, storage === 'HalfStorage' ? 'F16' : 'F32')];
      return { name, shape, storage, parts };
    }),
  );

const LAYOUTS: Record<string, (folder: string, tensors: Tensors) => Promise<void>> = {
  'safetensors, float16, in shards': (folder, tensors) =>
    inShards(folder, tensors, 'model.safetensors', (part) => [safetensors(part, 'F16')]),
  'pytorch_model.bin, float16': (folder, tensors) =>
    writeFile(join(folder, 'pytorch_model.bin'), pickled('HalfStorage')(tensors)),
  'pytorch_model.bin, float32, in shards': (folder, tensors) =>
    inShards(folder, tensors, 'pytorch_model.bin', pickled('FloatStorage')),
};

test('every family converts to the same bytes from safetensors and pickles, in one file and in shards', async () => {
  for (const family of oracle.families) {
    const folder = tempFolder();
    const checkpoint = await writeFamily(join(folder, 'checkpoint'), family, { template: 'chatml' });
    const digests = async () => {
      const model = await mkdtemp(join(folder, 'model-'));
      await convert({ checkpoint, folder: join(model, 'x'), dtypes: ['fp32'], overrides: {} });
      return Promise.all(['onnx/model.onnx', 'onnx/model.onnx_data'].map((name) => sha256(join(model, 'x', name))));
    };
    const expected = await digests();
    await rm(join(checkpoint, 'model.safetensors'));
    for (const [layout, write] of Object.entries(LAYOUTS)) {
      await write(checkpoint, weightsOf(family));
      assert.deepEqual(await digests(), expected, `${family.family}, ${layout}`);
      for (const name of await readdir(checkpoint))
        if (/^(model|pytorch_model)[.-]/.test(name)) await rm(join(checkpoint, name));
    }
  }
});

async function firstReward(folder: string, family: string, tensors: Tensors): Promise<number> {
  const oracleOf = familyOracle(family);
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), oracleOf, { template: 'chatml' }, tensors);
  await convert({ checkpoint, folder: join(folder, 'model'), dtypes: ['fp32'], overrides: {} });
  return (await rewards(join(folder, 'model'), 'fp32', [oracleOf.ids[5]]))[0];
}

test('a head may have any of the usual names, and a bias', async () => {
  const tensors = weightsOf(familyOracle('llama-3'));
  const expected = familyOracle('llama-3').last_token[5];
  for (const head of ['v_head', 'value_head', 'classifier', 'reward_head', 'v_head.summary']) {
    const named = renamed(tensors, (name) => name.replace('score.', `${head}.`));
    near([await firstReward(tempFolder(), 'llama-3', named)], [expected], head);
    named.set(`${head}.bias`, { shape: [1], values: Float32Array.of(2.5) });
    near([await firstReward(tempFolder(), 'llama-3', named)], [expected + 2.5], `${head} with a bias`);
  }
});

test('a trunk may have the prefix of any known class', async () => {
  const expected = familyOracle('llama-3').last_token[5];
  for (const prefix of ['transformer.', 'model.model.', 'rwtransformer.', '']) {
    const named = renamed(weightsOf(familyOracle('llama-3')), (name) => name.replace(/^model\./, prefix));
    near([await firstReward(tempFolder(), 'llama-3', named)], [expected], prefix);
  }
});

test('leftover tensors of a language model are recognized by name and not used', async () => {
  const family = familyOracle('llama-2');
  assert.ok('model.lm_head.weight' in family.tensors && 'model.model.norm.weight' in family.tensors);
  const tensors = weightsOf(family);
  for (const name of ['lm_head.weight', 'transformer.layers.1.self_attn.rotary_emb.inv_freq'])
    tensors.set(name, { shape: [8], values: new Float32Array(8).fill(Number.NaN) });
  near([await firstReward(tempFolder(), 'llama-2', tensors)], [family.last_token[5]], 'with leftovers');
});

test('a window bounds the texts of the readout card, and a graph converted for last-token refuses card', async () => {
  const folder = tempFolder();
  const card = { pad_id: BOS, fill_id: 0 };
  const reward = { template: 'openchat-3.5', add_bos: true, readout: 'card', card };
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), familyOracle('mistral, window'), reward);
  const options = { checkpoint, folder: join(folder, 'model'), dtypes: ['int8' as const] };
  await convert({ ...options, overrides: {} });
  const { maxLength, maxPositions } = await openModelFolder(options.folder);
  assert.deepEqual([maxLength, maxPositions], [11, 11]);
  const tooLong = { ...options, folder: join(folder, 'other'), overrides: { maxLength: 12 } };
  await assert.rejects(convert(tooLong), /12 does not fit the model; expected 2 to 11 tokens/);
  const plain = { ...options, folder: join(folder, 'plain'), overrides: { readout: 'last-token' as const } };
  await convert(plain);
  const settings = scoringOf(plain.folder, { readout: 'card' });
  await assert.rejects(openScorer(settings), /convert the checkpoint again with --readout card/);
});

test('the ids of a card are those its code takes from the tokenizer: <unk>, and BOS where the tokenizer adds BOS', async () => {
  const cardOf = async (overrides: { addBos: boolean }) => {
    const folder = tempFolder();
    const checkpoint = await writeFamily(join(folder, 'checkpoint'), familyOracle('yi'), { template: 'llama-2-ppo' });
    const readout = 'card' as const;
    await convert({
      checkpoint,
      folder: join(folder, 'model'),
      dtypes: ['int8'],
      overrides: { ...overrides, readout },
    });
    return (await openModelFolder(join(folder, 'model'))).card;
  };
  assert.deepEqual(await cardOf({ addBos: true }), { padId: 1, fillId: 0 });
  assert.deepEqual(await cardOf({ addBos: false }), { padId: 0, fillId: 0 });
});
