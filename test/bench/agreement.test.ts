import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreement, isSameModel } from './agreement.js';

test('rewards near the reference, or in the same order, are of the same model', () => {
  const reference = [1, 2, 3, -1, 0];
  const near = agreement([1.2, 2.1, 2.9, undefined, 0.3], reference, [3, 2]);
  assert.ok(Math.abs(near.largestDifference - 0.3) < 1e-9);
  assert.equal(near.sameOrder, 1);
  assert.ok(isSameModel(near));
  assert.ok(isSameModel(agreement([10, 20, 30, -10, 0], reference, [3, 2])));
});

test('rewards in another order or on another scale, and NaN, are not of the same model', () => {
  const reference = [1, 2, 3, -1, 0];
  const turned = agreement([3, 2, 1, 0, -1], reference, [3, 2]);
  assert.equal(turned.sameOrder, 0);
  assert.ok(!isSameModel(turned));
  assert.ok(!isSameModel(agreement([Number.NaN, Number.NaN, Number.NaN, 0, 1], reference, [3, 2])));
});
