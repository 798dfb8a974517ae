import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExternalSession } from '../../../src/engines/local/external-session.js';
import { lengthBatches } from '../../../src/engines/local/length-batches.js';
import { planWhole } from '../../../src/engines/local/plan/plan.js';
import type { ExternalGraph } from '../../../src/model/graph-contract.js';
import { MODEL, ROOT } from '../../root.js';

/** Made by test/oracles/foreign.py, with PyTorch's logits of each text alone. */
const ORACLES = join(ROOT, 'test/oracles/foreign');
const { texts, logits }: { texts: number[][]; logits: Record<string, number[][]> } = JSON.parse(
  readFileSync(join(ORACLES, 'foreign.json'), 'utf8'),
);

const PLAN = planWhole(texts.map((ids) => ({ ids: Int32Array.from(ids), cut: 0 })));

const open = (name: string, external: Partial<ExternalGraph> = {}) =>
  ExternalSession.open(join(ORACLES, `${name}.onnx`), 1, 'cpu', { padId: 0, separatorId: 2, ...external });

async function rewardsOf(session: ExternalSession): Promise<number[]> {
  const rewards = await session.score(PLAN);
  return PLAN.suffixOf.map((place) => rewards[place]);
}

function assertNear(found: readonly number[], expected: readonly number[]): void {
  assert.equal(found.length, expected.length);
  found.forEach((reward, i) => {
    assert.ok(Math.abs(reward - expected[i]) < 1e-4, `text ${i}: ${reward}, expected ${expected[i]}`);
  });
}

for (const name of ['last-token', 'positions', 'last-position']) {
  test(`an exported graph gives PyTorch's logits: ${name}`, async () => {
    const session = await open(name);
    const rewards = await rewardsOf(session);
    assertNear(
      rewards,
      logits[name].map(([logit]) => logit),
    );
    if (name === 'last-position')
      assert.match(session.note ?? '', /depend on padding \(by \d.*\): each text is run alone/);
    else assert.equal(session.note, undefined);
    const alone: number[] = [];
    for (const suffix of PLAN.suffixes) alone.push((await session.score({ ...PLAN, suffixes: [suffix] }))[0]);
    assert.deepEqual(
      rewards,
      PLAN.suffixOf.map((place) => alone[place]),
      'to the last bit',
    );
    await session.close();
  });
}

test('of several logits one is the reward, unchanged, and --logit must choose it', async () => {
  for (const logit of [0, 1, 2]) {
    const session = await open('three-logits', { logit });
    assertNear(
      await rewardsOf(session),
      logits['three-logits'].map((all) => all[logit]),
    );
    await session.close();
  }
  await assert.rejects(open('three-logits'), /E_USAGE: this model has 3 logits; .*--logit, from 0 to 2/);
  await assert.rejects(open('three-logits', { logit: 3 }), /E_USAGE/);
  await assert.rejects(open('last-token', { logit: 1 }), /E_USAGE: this model has one logit/);
});

test('a graph with other inputs is refused', async () => {
  const graph = join(MODEL, 'onnx/model_int8.onnx');
  await assert.rejects(
    ExternalSession.open(graph, 1, 'cpu', { padId: 0 }),
    /E_MODEL: this graph has the inputs input_ids, .*past_key_values.*; expected input_ids, other inputs only of input_ids, attention_mask/,
  );
});

test('batches are sorted by length, within the budget, and hold every text once', () => {
  assert.deepEqual(lengthBatches([7, 1, 3, 7, 100, 2], 12), [[1, 5, 2], [0], [3], [4]]);
  assert.deepEqual(lengthBatches([5, 5, 5], 15), [[0, 1, 2]]);
  assert.deepEqual(lengthBatches([2, 1], 0), [[1], [0]]);
  assert.deepEqual(lengthBatches([], 10), []);
});
