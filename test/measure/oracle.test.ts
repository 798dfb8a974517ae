import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Evaluator } from '../../src/measure/evaluation.js';
import { labelledAnswers } from '../../src/measure/labelled-answers.js';
import { STATISTICS } from '../../src/measure/statistics.js';
import type { Ranking, Statistics } from '../../src/types.js';
import { oracle, oracleRankings } from './oracle.js';

const TOLERANCE = 1e-12;

function assertClose(actual: number | null, expected: number | null, what: string): void {
  assert.ok(actual !== null && expected !== null, `${what}: ${actual} for ${expected}`);
  assert.ok(Math.abs(actual - expected) <= TOLERANCE, `${what}: ${actual} for ${expected}`);
}

/** Sum and count of every statistic, or null if the row enters none. */
function rowValues(ranking: Ranking, scorer: 'reward' | 'length'): number[] | null {
  const answers = labelledAnswers(ranking);
  if (answers === undefined) return null;
  const row = { scores: scorer === 'reward' ? answers.scores : answers.lengths, labels: answers.labels };
  return STATISTICS.flatMap((statistic) => Object.values(statistic.contribution(row)));
}

for (const scorer of ['reward', 'length'] as const) {
  test(`each row's contributions are those of scipy and of loops over pairs: ${scorer}`, () => {
    oracle.per_row[scorer].forEach((expected, i) => {
      const actual = rowValues(oracleRankings[i], scorer);
      assert.equal(actual === null, expected === null, `row ${i}`);
      assert.equal(actual?.length, expected?.length, `row ${i}`);
      expected?.forEach((value, j) => {
        assertClose(actual?.[j] ?? null, value, `row ${i}, number ${j}`);
      });
    });
  });
}

test('pooled values and bootstrap intervals are those of the brute force, baselines included', () => {
  const evaluator = new Evaluator();
  for (const ranking of oracleRankings) evaluator.add(ranking);
  const evaluation = evaluator.result();
  assert.equal(evaluation.rows, oracleRankings.length);
  assert.equal(evaluation.rows_compared, oracle.rows_compared);
  assert.equal(evaluation.clusters, oracle.clusters);
  assert.equal(evaluation.comparisons, oracle.pooled.reward.pairwise_accuracy.n);
  assertSame(evaluation.statistics, oracle.pooled.reward);
  assertSame(evaluation.baselines.length, oracle.pooled.length);
});

function assertSame(actual: Statistics, expected: Statistics): void {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const [name, { value, low, high, n }] of Object.entries(expected)) {
    assertClose(actual[name].value, value, `${name} value`);
    assertClose(actual[name].low, low, `${name} low`);
    assertClose(actual[name].high, high, `${name} high`);
    assert.equal(actual[name].n, n, `${name} n`);
  }
}
