import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Statistics } from '../../src/contracts/agreement.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import { Evaluator } from '../../src/measure/evaluation.js';
import { ComparedRows } from '../../src/measure/rows/compared-rows.js';
import { labelledAnswers } from '../../src/measure/rows/labelled-answers.js';
import { lengthSource, rewardSource, type ScoreSource } from '../../src/measure/statistics/score-sources.js';
import { STATISTICS } from '../../src/measure/statistics/statistics.js';
import { assertClose, assertEstimate } from './close.js';
import { oracle, oracleRankings } from './oracle.js';

/** Sum and count of each statistic, or null for a row without two different labels. */
function rowValues(ranking: Ranking, sourceOf: (rows: ComparedRows) => ScoreSource): number[] | null {
  const answers = labelledAnswers(ranking);
  if (answers === undefined) return null;
  const rows = new ComparedRows();
  rows.add(answers, ranking.prompt_id, ranking.scores.length);
  const [row] = rows;
  return sourceOf(rows)
    .contributions(row, STATISTICS)
    .flatMap(({ sum, count }) => [sum, count]);
}

for (const [scorer, sourceOf] of [['reward', rewardSource] as const, ['length', lengthSource] as const]) {
  test(`each row's contributions match scipy, scikit-learn, statsmodels and loops over pairs: ${scorer}`, () => {
    assert.equal(oracle.per_row[scorer].length, oracleRankings.length);
    oracle.per_row[scorer].forEach((expected, i) => {
      const actual = rowValues(oracleRankings[i], sourceOf);
      assert.equal(actual === null, expected === null, `row ${i}`);
      assert.equal(actual?.length, expected?.length, `row ${i}`);
      expected?.forEach((value, j) => {
        assertClose(actual?.[j] ?? null, value, `row ${i}, number ${j}`);
      });
    });
  });
}

test('pooled values and bootstrap intervals match the brute-force oracle, baselines and paired differences included', () => {
  const evaluator = new Evaluator();
  for (const ranking of oracleRankings) evaluator.add(ranking);
  const evaluation = evaluator.result();
  assert.equal(evaluation.rows, oracleRankings.length);
  assert.equal(evaluation.rows_compared, oracle.rows_compared);
  assert.equal(evaluation.clusters, oracle.clusters);
  assert.equal(evaluation.comparisons, oracle.pooled.reward.pairwise_accuracy.n);
  assertSame(evaluation.statistics, oracle.pooled.reward, 'reward');
  for (const name of ['length', 'model_mean', 'position'] as const) {
    assertSame(evaluation.baselines[name], oracle.pooled[name], name);
    assertSame(evaluation.differences[name], oracle.differences[name], `reward less ${name}`);
  }
});

function assertSame(actual: Statistics, expected: Statistics, whose: string): void {
  assert.deepEqual(Object.keys(actual), Object.keys(expected));
  for (const [name, estimate] of Object.entries(expected)) assertEstimate(actual[name], estimate, `${whose} ${name}`);
}
