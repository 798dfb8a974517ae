import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantile } from '../../../src/measure/bootstrap/quantile.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { adjacentAccuracy } from '../../../src/measure/statistics/adjacent-accuracy.js';
import { kendallTauB } from '../../../src/measure/statistics/kendall-tau-b.js';
import { ndcg } from '../../../src/measure/statistics/ndcg.js';
import { pairwiseAccuracy } from '../../../src/measure/statistics/pairwise-accuracy.js';
import { pearson } from '../../../src/measure/statistics/pearson.js';
import { plackettLuceNll } from '../../../src/measure/statistics/plackett-luce-nll.js';
import { spearman } from '../../../src/measure/statistics/spearman.js';
import type { LabelledScores, Statistic } from '../../../src/measure/statistics/statistic.js';
import { STATISTICS } from '../../../src/measure/statistics/statistics.js';
import { top1 } from '../../../src/measure/statistics/top1.js';

const labels = [1, 2, 3, 4, 5, 6, 7];
const ascending = [1, 2, 3, 4, 5, 6, 7];
const descending = [7, 6, 5, 4, 3, 2, 1];
const constant = labels.map(() => 2.5);

/** The statistics that depend only on the order of the scores. */
const OF_ORDER = STATISTICS.filter((statistic) => statistic !== pearson && statistic !== plackettLuceNll);

/** The value of a statistic for a single row. */
function ofRow(statistic: Statistic, row: LabelledScores): number {
  const { sum, count } = statistic.contribution(row);
  return sum / count;
}

test('for perfect order every statistic of order is exactly 1', () => {
  for (const statistic of OF_ORDER) assert.equal(ofRow(statistic, { scores: descending, labels }), 1, statistic.name);
});

test('for reversed order accuracies are exactly 0, correlations exactly -1, and NDCG has its lowest value', () => {
  const value = Object.fromEntries(
    OF_ORDER.map((statistic) => [statistic.name, ofRow(statistic, { scores: ascending, labels })]),
  );
  const gain = (order: readonly number[]) => order.reduce((sum, beaten, i) => sum + beaten / Math.log2(i + 2), 0);
  assert.deepEqual(value, {
    pairwise_accuracy: 0,
    mean_pairwise_accuracy: 0,
    adjacent_accuracy: 0,
    kendall_tau_b: -1,
    spearman: -1,
    top1: 0,
    ndcg: gain([0, 1, 2, 3, 4, 5, 6]) / gain([6, 5, 4, 3, 2, 1, 0]),
  });
});

test('Pearson uses label scores: on a rising line it is 1; without them, or if they are all equal, it is undefined', () => {
  const row = { scores: [3, 2, 1], labels: [1, 2, 3] };
  assert.ok(Math.abs(ofRow(pearson, { ...row, labelScores: [0.3, 0.2, 0.1] }) - 1) < 1e-15);
  assert.ok(Math.abs(ofRow(pearson, { ...row, labelScores: [0.9, 0.1, 0.2] }) - 0.8029550685469663) < 1e-15);
  assert.deepEqual(pearson.contribution(row), { sum: 0, count: 0 });
  assert.deepEqual(pearson.contribution({ ...row, labelScores: [0.1, 0.1, 0.1] }), { sum: 0, count: 0 });
});

test('the Plackett-Luce NLL of equal scores is that of a random guess: ln K!, less ln m! for each tie of m labels', () => {
  for (const [tied, orders] of [
    [labels, 5040],
    [[1, 1, 1, 2, 2, 2, 2], 35],
    [[1, 1, 2, 3, 3, 3, 4], 420],
  ] as const) {
    const nats = ofRow(plackettLuceNll, { scores: constant, labels: tied });
    assert.ok(Math.abs(nats - Math.log(orders)) < 1e-12, String(nats));
    assert.ok(Math.abs(plackettLuceNll.atRandom({ scores: [], labels: tied }).sum - Math.log(orders)) < 1e-12);
  }
});

test('the Plackett-Luce NLL of a confident reward in the right order is 0, whatever the order of tied labels', () => {
  const farApart = descending.map((score) => 1000 * score);
  for (const tied of [labels, [1, 1, 1, 2, 2, 3, 3]]) {
    const nats = ofRow(plackettLuceNll, { scores: farApart, labels: tied });
    assert.ok(Math.abs(nats) < 1e-12, String(nats));
  }
  // The distance of the scores is 1,000 nats.
  assert.equal(ofRow(plackettLuceNll, { scores: [1000, 2000], labels: [1, 2] }), 1000);
  assert.ok(
    Math.abs(ofRow(plackettLuceNll, { scores: [1000, 1000, 2000], labels: [1, 1, 2] }) - 2000 + Math.LN2) < 1e-9,
  );
});

test('the likelihood of tied labels is the sum over all orders of the tied answers', () => {
  const random = Xoshiro128.seeded(8);
  for (const spread of [0.1, 1, 5, 30]) {
    for (const tied of [
      [1, 1, 2],
      [1, 2, 2, 2, 3],
      [1, 1, 1, 1, 2, 2],
      [2, 2, 1, 3, 3, 3],
    ]) {
      const scores = tied.map(() => spread * ((random.next() >>> 0) / 2 ** 32 - 0.5));
      const consistent = orders(tied.length).filter((order) =>
        order.every((answer, i) => i === 0 || tied[order[i - 1]] <= tied[answer]),
      );
      const chances = consistent.map((order) =>
        Math.exp(-ofRow(plackettLuceNll, { scores, labels: tied.map((_, answer) => order.indexOf(answer)) })),
      );
      const expected = -Math.log(chances.reduce((sum, chance) => sum + chance, 0));
      const nats = ofRow(plackettLuceNll, { scores, labels: tied });
      assert.ok(Math.abs(nats - expected) < 1e-9, `${nats} for ${expected}`);
    }
  }
});

/** All permutations of the integers 0 to n - 1. */
function orders(n: number): number[][] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((rest) => Array.from({ length: n }, (_, i) => rest.toSpliced(i, 0, n - 1)));
}

test('the expected contribution of random scores is the mean over all orders of the answers', () => {
  const all = orders(5);
  assert.equal(all.length, 120);
  for (const row of [
    { labels: [1, 2, 3, 4, 5], labelScores: [5, 3, 2, 2, 1] },
    { labels: [1, 1, 3, 4, 4], labelScores: [9, 9, 1, 2, 1] },
  ]) {
    for (const statistic of STATISTICS.filter(({ ofLogOdds }) => !ofLogOdds)) {
      const contributions = all.map((scores) => statistic.contribution({ ...row, scores }));
      const { sum, count } = statistic.atRandom({ ...row, scores: [] });
      const meanSum = contributions.reduce((total, one) => total + one.sum, 0) / 120;
      assert.ok(Math.abs(sum - meanSum) < 1e-12, `${statistic.name}: ${sum} for ${meanSum}`);
      assert.ok(
        contributions.every((one) => one.count === count),
        statistic.name,
      );
    }
  }
  const { sum, count } = plackettLuceNll.atRandom({ labels, scores: [] });
  assert.ok(Math.abs(sum - Math.log(5040)) < 1e-12 && count === 1);
});

test('constant scores have half of the pairs right, no correlation, and one seventh of the picks right', () => {
  const row = { scores: constant, labels };
  assert.deepEqual(pairwiseAccuracy.contribution(row), { sum: 10.5, count: 21 });
  assert.deepEqual(adjacentAccuracy.contribution(row), { sum: 3, count: 6 });
  assert.deepEqual(kendallTauB.contribution(row), { sum: 0, count: 0 });
  assert.deepEqual(spearman.contribution(row), { sum: 0, count: 0 });
  assert.deepEqual(top1.contribution(row), { sum: 1 / 7, count: 1 });
});

test('NDCG: answers of equal score get their mean gain, and answers of equal label have the same gain', () => {
  // Gains 3, 1, 1, 0; the first two tie in score.
  const value = ofRow(ndcg, { scores: [2, 2, 1, 0], labels: [1, 2, 2, 4] });
  const discounts = [2, 3, 4, 5].map((place) => 1 / Math.log2(place));
  const expected = 2 * (discounts[0] + discounts[1]) + discounts[2];
  assert.ok(Math.abs(value - expected / (3 * discounts[0] + discounts[1] + discounts[2])) < 1e-15);
});

test('equal labels are not compared, and adjacent pairs are all pairs between two neighbouring levels', () => {
  const row = { scores: [5, 1, 3, 3, 2], labels: [1, 2.5, 2.5, 4, 9] };
  // Different labels: all 10 pairs but (1, 2). Wrong: 1 below 3 (score 1 against 3) and 1 below 4; tied: 2 with 3.
  assert.deepEqual(pairwiseAccuracy.contribution(row), { sum: 6.5, count: 9 });
  // Levels 0 | 1 1 | 2 | 3: pairs 0-1, 0-2, 1-3 wrong, 2-3 tied, 3-4.
  assert.deepEqual(adjacentAccuracy.contribution(row), { sum: 3.5, count: 5 });
});

test('top-1 with tied scores is the share of the tied answers with the best label, in any order', () => {
  assert.deepEqual(top1.contribution({ scores: [3, 3, 3, 1], labels: [2, 1, 1, 4] }), { sum: 2 / 3, count: 1 });
  assert.deepEqual(top1.contribution({ scores: [1, 3, 3, 3], labels: [4, 1, 2, 1] }), { sum: 2 / 3, count: 1 });
});

test('the quantile matches the linear one of numpy', () => {
  // np.quantile([1, 2, 4, 8], [0, 0.25, 0.5, 0.975, 1])
  const values = [0, 0.25, 0.5, 0.975, 1].map((p) => quantile([1, 2, 4, 8], p));
  [1, 1.75, 3, 7.7, 8].forEach((expected, i) => {
    assert.ok(Math.abs(values[i] - expected) < 1e-12, String(values));
  });
  assert.equal(quantile([3], 0.975), 3);
});
