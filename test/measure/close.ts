import assert from 'node:assert/strict';
import type { Estimate } from '../../src/contracts/agreement.js';

const TOLERANCE = 1e-9;

/** Asserts that both are `null`, or numbers that differ by at most `most`. */
export function assertClose(actual: number | null, expected: number | null, what: string, most = TOLERANCE): void {
  const isClose = actual === null || expected === null ? actual === expected : Math.abs(actual - expected) <= most;
  assert.ok(isClose, `${what}: ${actual} for ${expected}`);
}

export function assertEstimate(actual: Estimate | undefined, expected: Estimate, what: string): void {
  assert.ok(actual, what);
  for (const key of ['value', 'low', 'high'] as const) assertClose(actual[key], expected[key], `${what} ${key}`);
  assert.equal(actual.n, expected.n, `${what} n`);
  assert.equal(actual.reason === undefined, expected.value !== null, `${what}: a reason where it is undefined`);
}
