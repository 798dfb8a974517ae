import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { oracle } from '../oracle.js';

// Printed by the authors' C source for the state 1, 2, 3, 4.
const REFERENCE = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804];

const firstTen = (random: Xoshiro128): number[] => Array.from({ length: 10 }, () => random.next() >>> 0);

test('the generator gives the same numbers as its C source and the Python oracle', () => {
  assert.deepEqual(firstTen(new Xoshiro128([1, 2, 3, 4])), REFERENCE);
  assert.deepEqual(oracle.random.of_1_2_3_4, REFERENCE);
});

test('a seed gives the same state and draws as in the Python oracle', () => {
  assert.deepEqual(firstTen(Xoshiro128.seeded(1)), oracle.random.of_seed_1);
  const random = Xoshiro128.seeded(1);
  assert.deepEqual(
    oracle.first_resample.map(() => random.below(oracle.clusters)),
    oracle.first_resample,
  );
});

test('bounded integers stay in range and are uniform', () => {
  const random = Xoshiro128.seeded(7);
  const seen = new Array<number>(5).fill(0);
  for (let i = 0; i < 50_000; i++) seen[random.below(5)] += 1;
  assert.equal(seen.length, 5);
  // Each is expected 10,000 times, with a standard deviation of 89.
  for (const count of seen) assert.ok(Math.abs(count - 10_000) < 450, String(seen));
});

test('a bound of 1 gives 0, and the largest bound is 2^31', () => {
  const random = Xoshiro128.seeded(7);
  assert.equal(random.below(1), 0);
  for (let i = 0; i < 100; i++) {
    const value = random.below(2 ** 31);
    assert.ok(value >= 0 && value < 2 ** 31);
  }
});
