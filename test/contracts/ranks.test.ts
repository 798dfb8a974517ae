import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ranksOf } from '../../src/contracts/ranks.js';

test('equal scores share the best rank and stay in answer order', () => {
  assert.deepEqual(ranksOf([0.5, 2, 0.5, -1]), { ranks: [2, 1, 2, 4], order: [1, 0, 2, 3] });
  assert.deepEqual(ranksOf([1, 1, 1]), { ranks: [1, 1, 1], order: [0, 1, 2] });
  assert.deepEqual(ranksOf([-0, 0]), { ranks: [1, 1], order: [0, 1] });
});
