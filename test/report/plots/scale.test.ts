import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { countTicks, roundScale } from '../../../src/report/plots/scale.js';

test('a round scale, by hand', () => {
  assert.deepEqual(roundScale([0.52, 0.97], 5), { domain: [0.5, 1], ticks: [0.5, 0.6, 0.7, 0.8, 0.9, 1] });
  assert.deepEqual(roundScale([-4.7, 6.2], 8), { domain: [-6, 8], ticks: [-6, -4, -2, 0, 2, 4, 6, 8] });
});

test('every value is within the scale, which has a few ticks', () => {
  const random = Xoshiro128.seeded(3);
  for (let i = 0; i < 500; i++) {
    const size = 10 ** (random.below(13) - 6);
    const values = Array.from({ length: 1 + random.below(5) }, () => (random.below(2001) - 1000) * size);
    const { domain, ticks } = roundScale(values, 5);
    for (const value of values) assert.ok(value >= domain[0] && value <= domain[1], `${value} in ${domain}`);
    assert.ok(ticks.length >= 2 && ticks.length <= 7, `${values}: ${ticks}`);
    assert.deepEqual(domain, [ticks[0], ticks.at(-1)]);
    for (const [j, tick] of ticks.entries()) assert.ok(j === 0 || tick > ticks[j - 1]);
  }
});

test('a single value, zero or not, has a scale with two ends', () => {
  for (const value of [0, 7, -0.25, 1e300]) {
    const { domain } = roundScale([value], 5);
    assert.ok(domain[0] < domain[1] && domain[0] <= value && value <= domain[1], `${value}: ${domain}`);
  }
});

test('values that digits cannot tell apart from each other, or from 0, have a scale with distinct ticks', () => {
  for (const values of [
    [0, 5e-324],
    [1e15, 1e15 + 1],
    [-1e9, -1e9 + 1e-7],
    [1e100, 1e100],
    [1e-310, 3e-310],
  ]) {
    const { domain, ticks } = roundScale(values, 5);
    assert.ok(ticks.length >= 2 && ticks.length <= 8, `${values}: ${ticks}`);
    for (const value of values) assert.ok(value >= domain[0] && value <= domain[1], `${value} in ${domain}`);
    for (const [j, tick] of ticks.entries()) assert.ok(j === 0 || tick > ticks[j - 1], `${ticks}`);
  }
});

test('ticks of counts are whole numbers from the first, at most as many as asked for', () => {
  assert.deepEqual(countTicks(1, 7, 10), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(countTicks(0, 0, 10), [0]);
  for (let last = 1; last < 200; last++) {
    const ticks = countTicks(1, last, 10);
    assert.ok(ticks.length <= 10 && ticks.every((tick) => tick <= last && Number.isInteger(tick)));
  }
});
