import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { convert } from '../../src/convert/convert.js';
import { Scorer } from '../../src/flow.js';
import { openModelFolder } from '../../src/infer/model-folder.js';
import { RewardSession } from '../../src/infer/session.js';
import type { Dtype } from '../../src/model-files.js';
import { planRow } from '../../src/plan/plan.js';
import type { Card, Ranking, Row } from '../../src/types.js';
import { tempFolder } from '../temp-folder.js';
import { familyOracle, oracle, weightsOf, writeFamily } from './families.js';
import type { Tensors } from './tiny-checkpoint.js';

const CLOSE = 1e-4;
const BOS = 1;

/** Rewards of the family's id lists, each alone, and each again after a prefix that is computed first: the same bits. */
async function rewards(folder: string, dtype: Dtype, lists: readonly number[][], card?: Card): Promise<number[]> {
  const session = await RewardSession.open((await openModelFolder(folder, dtype)).graph, 1);
  const found: number[] = [];
  for (const list of lists) {
    const plan = planRow([{ ids: Int32Array.from(list), truncated: false }], card);
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

/** Weights are random, so rewards spread by about the root of the width; int8 changes them by a fiftieth of that. */
function roughlyNear(found: readonly number[], expected: readonly number[], what: string): void {
  const squares = found.reduce((sum, value, i) => sum + (value - expected[i]) ** 2, 0);
  const error = Math.sqrt(squares / found.length);
  assert.ok(error < 0.3, `${what}: ${found} for ${expected}`);
}

for (const family of oracle.families) {
  const readouts = family.card ? (['last-token', 'card'] as const) : (['last-token'] as const);
  for (const readout of readouts) {
    test(`${family.family}, readout ${readout}: rewards are those of PyTorch`, async () => {
      const folder = tempFolder();
      const card = { pad_id: BOS, fill_id: 0 };
      const checkpoint = await writeFamily(join(folder, 'checkpoint'), family, { template: 'chatml', readout, card });
      const model = join(folder, 'model');
      await convert({ checkpoint, folder: model, dtypes: ['fp32', 'int8'], overrides: {} });
      near(await rewards(model, 'fp32', family.ids), family.last_token, 'last token');
      roughlyNear(await rewards(model, 'int8', family.ids), family.last_token, `last token of ${family.family}`);
      if (readout !== 'card') return;
      for (const [length, expected] of Object.entries(family.card ?? {})) {
        const read = { padId: BOS, fillId: 0, maxLength: Number(length) };
        near(await rewards(model, 'fp32', family.ids, read), expected, `card of ${length}`);
        roughlyNear(await rewards(model, 'int8', family.ids, read), expected, `card of ${length}`);
      }
    });
  }
}

async function* rows(): AsyncGenerator<Row> {
  for (const [index, { prompt, answers }] of oracle.rows.entries()) {
    const conversation = [{ role: 'user' as const, text: prompt }];
    yield { index, promptId: '', conversation, answers: answers.map((text) => ({ text })), place: {}, record: {} };
  }
}

async function scores(model: string, maxLength: number): Promise<number[][]> {
  const scorer = await Scorer.open({ model, dtype: 'fp32', maxLength, allowSpecial: true, workers: 1, threads: 1 });
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
      const found = await scores(model, Number(length));
      expected.forEach((row, i) => {
        near(found[i], row, `${length} tokens, row ${i}`);
      });
    }
  });
}

async function firstReward(folder: string, family: string, tensors: Tensors): Promise<number> {
  const oracleOf = familyOracle(family);
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), oracleOf, { template: 'chatml' }, tensors);
  await convert({ checkpoint, folder: join(folder, 'model'), dtypes: ['fp32'], overrides: {} });
  return (await rewards(join(folder, 'model'), 'fp32', [oracleOf.ids[5]]))[0];
}

const renamed = (tensors: Tensors, name: (old: string) => string): Tensors =>
  new Map([...tensors].map(([old, tensor]) => [name(old), tensor]));

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

test('a trunk may lie where other classes keep it', async () => {
  const expected = familyOracle('llama-3').last_token[5];
  for (const prefix of ['transformer.', 'model.model.', 'rwtransformer.', '']) {
    const named = renamed(weightsOf(familyOracle('llama-3')), (name) => name.replace(/^model\./, prefix));
    near([await firstReward(tempFolder(), 'llama-3', named)], [expected], prefix);
  }
});

test('what a language model leaves in a reward checkpoint is known by name and not used', async () => {
  const family = familyOracle('llama-2');
  assert.ok('model.lm_head.weight' in family.tensors && 'model.model.norm.weight' in family.tensors);
  const tensors = weightsOf(family);
  for (const name of ['lm_head.weight', 'transformer.layers.1.self_attn.rotary_emb.inv_freq'])
    tensors.set(name, { shape: [8], values: new Float32Array(8).fill(Number.NaN) });
  near([await firstReward(tempFolder(), 'llama-2', tensors)], [family.last_token[5]], 'with leftovers');
});

test('with a window, the readout card takes texts up to the window; with a graph made without it there is no card', async () => {
  const folder = tempFolder();
  const card = { pad_id: BOS, fill_id: 0 };
  const reward = { template: 'openchat-3.5', add_bos: true, readout: 'card', card };
  const checkpoint = await writeFamily(join(folder, 'checkpoint'), familyOracle('mistral, window'), reward);
  const options = { checkpoint, folder: join(folder, 'model'), dtypes: ['int8' as const] };
  await convert({ ...options, overrides: {} });
  const { maxLength, maxPositions } = await openModelFolder(options.folder);
  assert.deepEqual([maxLength, maxPositions], [11, 11]);
  const tooLong = { ...options, folder: join(folder, 'other'), overrides: { maxLength: 12 } };
  await assert.rejects(convert(tooLong), /12 does not fit; expected 2 to 11/);
  const plain = { ...options, folder: join(folder, 'plain'), overrides: { readout: 'last-token' as const } };
  await convert(plain);
  const scorer = { model: plain.folder, readout: 'card' as const, allowSpecial: false, workers: 1, threads: 1 };
  await assert.rejects(Scorer.open(scorer), /convert the checkpoint again with --readout card/);
});

test('the ids of a card are those that its code takes from the tokenizer: <unk>, and BOS where that is set before texts', async () => {
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
