import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { regrets } from '../../../src/measure/curves/best-of-n.js';
import { Evaluator } from '../../../src/measure/evaluation.js';
import { rankingOf } from '../rankings.js';

/** All subsets of size n of the integers 0 to k - 1. */
function subsets(k: number, n: number): number[][] {
  if (n === 0) return [[]];
  if (k < n) return [];
  return [...subsets(k - 1, n), ...subsets(k - 1, n - 1).map((subset) => [...subset, k - 1])];
}

/** Rounds the last bits away. */
const rounded = (value: number | null) => value && Number(value.toFixed(12));

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** By enumeration of subsets: the mean of the best value less the mean value of the answers with the best score. */
function bruteForce(scores: readonly number[], values: readonly number[], n: number): number {
  return mean(
    subsets(scores.length, n).map((subset) => {
      const best = Math.max(...subset.map((i) => scores[i]));
      const picked = subset.filter((i) => scores[i] === best);
      return Math.max(...subset.map((i) => values[i])) - mean(picked.map((i) => values[i]));
    }),
  );
}

test('regret matches the enumeration of all subsets, with ties in scores and values, for K from 1 to 10 and every n', () => {
  const random = Xoshiro128.seeded(11);
  for (let k = 1; k <= 10; k++) {
    for (const kinds of [2, 4, 100]) {
      const scores = Array.from({ length: k }, () => random.below(kinds));
      const values = Array.from({ length: k }, () => random.below(kinds) - 1.5);
      const found = regrets(scores, values);
      assert.equal(found.length, k);
      assert.equal(found[0], 0, 'the regret of one answer is exactly 0');
      found.forEach((regret, i) => {
        const expected = bruteForce(scores, values, i + 1);
        assert.ok(Math.abs(regret - expected) < 1e-9, `K = ${k}, n = ${i + 1}: ${regret} for ${expected}`);
      });
    }
  }
});

test('regret is in label scores if every row has them, else in ranks; n goes up to the longest row', () => {
  const evaluate = (...rows: ReturnType<typeof rankingOf>[]) => {
    const evaluator = new Evaluator({ resamples: 10 });
    for (const row of rows) evaluator.add(row);
    return evaluator.result().best_of_n;
  };
  const scored = rankingOf([1, 2, 3], [1, 2, 3], { label_scores: [10, 6, 5], lengths: [9, 1, 1] });
  const plain = rankingOf([1, 2], [1, 2]);
  const ofScores = evaluate(scored);
  assert.equal(ofScores.unit, 'label_score');
  assert.deepEqual(
    ofScores.points.map(({ n, reward, length }) => [n, rounded(reward.value), rounded(length.value)]),
    [
      [1, 0, 0],
      [2, rounded(10 / 3), rounded(1 / 6)],
      [3, 5, 0],
    ],
  );
  const places = evaluate(scored, plain);
  assert.equal(places.unit, 'rank');
  assert.deepEqual(
    places.points.map(({ n, reward }) => [n, rounded(reward.value), reward.n]),
    [
      [1, 0, 2],
      [2, rounded(7 / 6), 2],
      [3, 2, 1],
    ],
  );
  // For n = 1 the regret is 0. Of three ranks a random pick is 1 below the best on average.
  assert.deepEqual(
    evaluate(scored, plain).points.map(({ random }) => rounded(random.value)),
    [0, rounded(7 / 12), 1],
  );
});

test('for rows of very many answers the curve has every n up to 32, then powers of two', () => {
  const k = 200;
  const evaluator = new Evaluator({ resamples: 10 });
  evaluator.add(
    rankingOf(
      Array.from({ length: k }, (_, i) => i),
      Array.from({ length: k }, (_, i) => i + 1),
    ),
  );
  const ns = evaluator.result().best_of_n.points.map(({ n }) => n);
  assert.deepEqual(ns, [...Array.from({ length: 32 }, (_, i) => i + 1), 64, 128]);
});
