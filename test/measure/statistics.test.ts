import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adjacentAccuracy } from '../../src/measure/adjacent-accuracy.js';
import { kendallTauB } from '../../src/measure/kendall-tau-b.js';
import { pairwiseAccuracy } from '../../src/measure/pairwise-accuracy.js';
import { quantile } from '../../src/measure/quantile.js';
import { spearman } from '../../src/measure/spearman.js';
import { STATISTICS } from '../../src/measure/statistics.js';
import { top1 } from '../../src/measure/top1.js';

const labels = [1, 2, 3, 4, 5, 6, 7];
const ascending = [1, 2, 3, 4, 5, 6, 7];
const descending = [7, 6, 5, 4, 3, 2, 1];
const constant = labels.map(() => 2.5);

test('perfect order: every statistic is exactly 1', () => {
  for (const { name, contribution } of STATISTICS) {
    const { sum, count } = contribution({ scores: descending, labels });
    assert.equal(sum / count, 1, name);
  }
});

test('reversed order: accuracies are exactly 0, correlations exactly -1', () => {
  const value = Object.fromEntries(
    STATISTICS.map(({ name, contribution }) => {
      const { sum, count } = contribution({ scores: ascending, labels });
      return [name, sum / count];
    }),
  );
  assert.deepEqual(value, { pairwise_accuracy: 0, adjacent_accuracy: 0, kendall_tau_b: -1, spearman: -1, top1: 0 });
});

test('constant scores: half of the pairs, no correlation, one seventh of the picks', () => {
  const row = { scores: constant, labels };
  assert.deepEqual(pairwiseAccuracy.contribution(row), { sum: 10.5, count: 21 });
  assert.deepEqual(adjacentAccuracy.contribution(row), { sum: 3, count: 6 });
  assert.deepEqual(kendallTauB.contribution(row), { sum: 0, count: 0 });
  assert.deepEqual(spearman.contribution(row), { sum: 0, count: 0 });
  assert.deepEqual(top1.contribution(row), { sum: 1 / 7, count: 1 });
});

test('ties in the labels: equal labels are no comparison, neighbours are all pairs between two levels', () => {
  const row = { scores: [5, 1, 3, 3, 2], labels: [1, 2.5, 2.5, 4, 9] };
  // Different labels: all 10 pairs but (1, 2). Wrong: 1 below 3 (score 1 against 3) and 1 below 4; tied: 2 with 3.
  assert.deepEqual(pairwiseAccuracy.contribution(row), { sum: 6.5, count: 9 });
  // Levels 0 | 1 1 | 2 | 3: pairs 0-1, 0-2, 1-3 wrong, 2-3 tied, 3-4.
  assert.deepEqual(adjacentAccuracy.contribution(row), { sum: 3.5, count: 5 });
});

test('top-1 with tied scores is the share of the tied that are best, wherever they stand', () => {
  assert.deepEqual(top1.contribution({ scores: [3, 3, 3, 1], labels: [2, 1, 1, 4] }), { sum: 2 / 3, count: 1 });
  assert.deepEqual(top1.contribution({ scores: [1, 3, 3, 3], labels: [4, 1, 2, 1] }), { sum: 2 / 3, count: 1 });
});

test('infinite scores are ordered like any other', () => {
  const scores = [Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const row = { scores, labels: [1, 2, 3, 3] };
  for (const { name, contribution } of STATISTICS) {
    const { sum, count } = contribution(row);
    assert.equal(sum / count, 1, name);
  }
});

test('the quantile is the linear one of numpy', () => {
  // np.quantile([1, 2, 4, 8], [0, 0.25, 0.5, 0.975, 1])
  const values = [0, 0.25, 0.5, 0.975, 1].map((p) => quantile([1, 2, 4, 8], p));
  [1, 1.75, 3, 7.7, 8].forEach((expected, i) => {
    assert.ok(Math.abs(values[i] - expected) < 1e-12, String(values));
  });
  assert.equal(quantile([3], 0.975), 3);
});
