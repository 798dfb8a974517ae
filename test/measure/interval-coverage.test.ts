import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandedInterval, expandedTail } from '../../src/measure/bootstrap/interval.js';
import { intervalCoverage } from './interval-coverage.js';

test('intervals of 100 prompts with dependent rows contain the true value at about their nominal rate', () => {
  // A smaller run of test/bench/interval-coverage.ts, where 94 to 95 % of 1,000 do. Of 200, one run in a thousand would be below 90 %.
  for (const [name, { covered, above, below }] of Object.entries(intervalCoverage(100, 200, 60_000))) {
    assert.ok(covered >= 0.9 && covered <= 0.99, `${name}: ${covered}`);
    assert.ok(above < 0.07 && below < 0.07, `${name}: ${above} above, ${below} below`);
  }
});

test('resamples in which a statistic is undefined are left out of its interval', () => {
  const defined = Float64Array.from({ length: 40 }, (_, i) => i);
  const some = Float64Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? Number.NaN : (i - 1) / 2));
  assert.deepEqual(expandedInterval(some, 0.95, 30), expandedInterval(defined, 0.95, 30));
  assert.equal(expandedInterval(Float64Array.of(Number.NaN), 0.95, 30), null);
});

test('the expanded tails match scipy', () => {
  // stats.norm.cdf(np.sqrt(n / (n - 1)) * stats.t.ppf(0.025, n - 1))
  const expected = new Map([
    [3, 6.834137311941214e-8],
    [10, 0.00855063902440636],
    [11, 0.009722406900079578],
    [100, 0.023064387207087624],
    [2048, 0.024904389027876478],
  ]);
  for (const [n, tail] of expected) assert.ok(Math.abs(expandedTail(0.025, n) - tail) < 1e-12, `${n}`);
  // With two prompts the ends are the least and the greatest replicate.
  assert.ok(expandedTail(0.025, 2) < 1e-16);
});
