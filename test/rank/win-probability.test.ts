import assert from 'node:assert/strict';
import { test } from 'node:test';
import { winProbabilities } from '../../src/rank/win-probability.js';

test('the best answer beats each other with the probability of the logistic curve', () => {
  assert.deepEqual(winProbabilities([1, 3, 2, 3], [1, 3, 2, 0], 2), [0.731059, null, 0.622459, 0.5]);
  assert.deepEqual(winProbabilities([5], [0], 1), [null]);
  assert.deepEqual(winProbabilities([0, 4000], [1, 0], 0.5), [1, null]);
});
