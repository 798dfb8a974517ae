import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimate, Evaluation } from '../../src/contracts/agreement.js';
import { RowError } from '../../src/contracts/errors.js';
import type { Ranking } from '../../src/contracts/ranking.js';
import { Evaluator } from '../../src/measure/evaluation.js';
import { oracleRankings } from './oracle.js';
import { rankingOf } from './rankings.js';

const LABELS = [1, 2, 3, 4, 5, 6, 7];
const BEST_FIRST = [7, 6, 5, 4, 3, 2, 1];

function evaluate(...rankings: Ranking[]): Evaluation {
  const evaluator = new Evaluator();
  for (const ranking of rankings) evaluator.add(ranking);
  return evaluator.result();
}

/** All estimates at any depth. */
function allEstimates(value: unknown): Estimate[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'low' in value && 'n' in value ? [value as Estimate] : Object.values(value).flatMap(allEstimates);
}

/** All numbers at any depth. */
function allNumbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(allNumbers) : [];
}

test('for unusual rows every number is finite, and undefined values are null with a reason', () => {
  const scored = { label_scores: [3, 2, 1], models: ['a', 'b', null] };
  const unusual: Ranking[][] = [
    [],
    [rankingOf([1, 1, 1], [1, 2, 3], scored)],
    [rankingOf([3, 2, 1], [1, 2, 3], scored)],
    [rankingOf([1, 2, 3], [1, 2, 3], { label_scores: [1, 1, 1], lengths: [5, 5, 5] })],
    [rankingOf([1, 2], [1, 2], { lengths: [0, 0] }), rankingOf([2, 1], [1, 2], { prompt_id: 'q', models: ['a', 'a'] })],
    [rankingOf([1e6, -1e6], [2, 1]), rankingOf([1e-9, 0], [1, 2], { prompt_id: 'q' })],
    [rankingOf([3, 3, 2, 1], [1, 2, 2, 4], { prompt_id: 'q', models: ['a', 'b', 'c', 'd'] }), rankingOf([7], [1])],
    [rankingOf([1e100, -1e100, 0], [1, 2, 3], { label_scores: [1e100, 0, -1e100], models: ['a', 'b', 'c'] })],
    [
      rankingOf([1e-320, 0, 2e-320], [1, 2, 3], { label_scores: [3e-310, 0, 1e-310] }),
      rankingOf([-1e-200, 1e-200], [1, 2], { prompt_id: 'q' }),
    ],
    oracleRankings.slice(0, 3),
  ];
  for (const [i, rows] of unusual.entries()) {
    const evaluator = new Evaluator({ by: ['source', 'length', 'model', 'nowhere'], resamples: 100 });
    for (const row of rows) evaluator.add(row);
    const evaluation = evaluator.result();
    assert.ok(allNumbers(evaluation).every(Number.isFinite), `${i}`);
    for (const { value, low, high, reason } of allEstimates(evaluation)) {
      assert.equal(low === null, high === null);
      assert.equal(reason === undefined, low !== null, `${i}: ${value} ${low} ${reason}`);
      if (value === null) assert.ok(reason !== '' && low === null, `${i}: ${reason}`);
    }
  }
});

test('without rows every estimate is null with a reason', () => {
  const evaluation = evaluate();
  assert.equal(evaluation.rows, 0);
  assert.deepEqual(evaluation.k, { min: null, max: null });
  const reason = 'no row has two answers with different labels';
  const found = allEstimates(evaluation);
  assert.ok(found.length > 80, String(found.length));
  for (const estimate of found) assert.deepEqual(estimate, { value: null, low: null, high: null, n: 0, reason });
});

test('rows without two different labels count as rows and enter no statistic', () => {
  const compared = rankingOf([2, 1], [1, 2], { prompt_id: 'a' });
  const silent = [
    rankingOf([3, 1], undefined),
    rankingOf([3, 1, 2], [4, null, null]),
    rankingOf([3, 1, 2], [null, null, null]),
    rankingOf([3, 1, 5], [2, 2, null]),
    rankingOf([3], [1]),
  ];
  const alone = evaluate(compared);
  const among = evaluate(...silent, compared, ...silent);
  assert.equal(among.rows, 11);
  assert.equal(among.rows_compared, 1);
  assert.equal(among.clusters, 1);
  assert.deepEqual(among.k, { min: 1, max: 3 });
  assert.deepEqual(among.statistics, alone.statistics);
  assert.deepEqual(among.baselines, alone.baselines);
});

test('with constant scores half of the pairs are right, and correlations are undefined with a reason', () => {
  const scores = [1, 1, 1];
  const rows = Array.from({ length: 6 }, (_, i) => rankingOf(scores, [1 + (i % 3), 2, 3], { prompt_id: `p${i}` }));
  const { statistics } = evaluate(...rows);
  assert.deepEqual(statistics.pairwise_accuracy, { value: 0.5, low: 0.5, high: 0.5, n: 14 });
  const undefinedEstimate = {
    value: null,
    low: null,
    high: null,
    n: 0,
    reason: 'all answers tie in every row with labels',
  };
  assert.deepEqual(statistics.kendall_tau_b, undefinedEstimate);
  assert.deepEqual(statistics.spearman, undefinedEstimate);
});

test('fewer than six prompts give no interval, because even their extremes do not reach 95 %', () => {
  const of = (prompts: number) => {
    const rows = Array.from({ length: 12 }, (_, i) =>
      rankingOf([i % 2, 1 - (i % 2)], [1, 2], { prompt_id: `p${i % prompts}` }),
    );
    return evaluate(...rows).statistics.pairwise_accuracy;
  };
  const without = { value: 0.5, low: null, high: null, n: 12 };
  assert.deepEqual(of(1), { ...without, reason: 'no interval: it rests on one prompt' });
  assert.deepEqual(of(5), { ...without, reason: 'no interval: it rests on 5 prompts, too few' });
  assert.deepEqual(of(6), { value: 0.5, low: 0, high: 1, n: 12 });
});

test('rows of one prompt are resampled together: repeating a row narrows the interval only under another prompt', () => {
  const rows = [rankingOf([2, 1], [1, 2]), rankingOf([1, 2], [1, 2])];
  const many = Array.from({ length: 50 }, () => rows).flat();
  const together = evaluate(...many.map((row, i) => ({ ...row, prompt_id: `p${i % 6}` })));
  const apart = evaluate(...many.map((row, i) => ({ ...row, prompt_id: `p${i}` })));
  assert.deepEqual(together.statistics.pairwise_accuracy, { value: 0.5, low: 0, high: 1, n: 100 });
  const { low, high } = apart.statistics.pairwise_accuracy;
  assert.ok(low !== null && high !== null && low > 0.38 && high < 0.62, `${low} to ${high}`);
});

test('thousands of prompts are resampled in random groups: none is lost, and the interval has the expected width', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => rankingOf([1, i % 4], [1, 2], { prompt_id: `p${i}` }));
  const { clusters, statistics, bootstrap } = evaluate(...rows);
  assert.equal(clusters, 3000);
  assert.equal(bootstrap.units, 2048);
  // Twice 1.96 times the standard deviation of 1, 1/2, 0, 0, divided by sqrt(3000).
  const { low, high } = statistics.pairwise_accuracy;
  const expected = (2 * 1.96 * Math.sqrt(0.171875)) / Math.sqrt(3000);
  assert.ok(low !== null && high !== null && Math.abs((high - low) / expected - 1) < 0.1, `${low} to ${high}`);
  // One of four rows is right and one is tied.
  assert.equal(statistics.pairwise_accuracy.value, 0.375);
  assert.equal(statistics.pairwise_accuracy.n, 3000);
});

test('the length baseline has the statistics of lengths as scores', () => {
  const rows = [
    rankingOf([1, 2, 3], [2, 1, 3], { prompt_id: 'a', lengths: [5, 9, 9] }),
    rankingOf([3, 2, 1], [1, 3, 2], { prompt_id: 'b', lengths: [7, 1, 8] }),
  ];
  const { plackett_luce_nll: ofLengths, ...length } = evaluate(...rows).baselines.length;
  const { plackett_luce_nll: _, ...byLength } = evaluate(
    ...rows.map((row) => ({ ...row, scores: row.lengths })),
  ).statistics;
  assert.deepEqual(length, byLength);
  assert.equal(ofLengths.value, null);
  assert.match(ofLengths.reason ?? '', /log-odds/);
});

test('answers, truncated answers and equal label scores are counted', () => {
  const evaluation = evaluate(
    rankingOf([1, 2, 3], [1, 2, 3], { truncated: [0, 2], label_scores: [5, 5, 4] }),
    rankingOf([1, 2, 3], [1, 1, null], { truncated: [1], label_scores: [5, 5, 5] }),
    rankingOf([1, 2, 3], [1, 2, 3], { label_scores: [null, null, 5] }),
  );
  assert.equal(evaluation.answers, 9);
  assert.equal(evaluation.truncated_answers, 3);
  assert.equal(evaluation.comparisons, 6);
  assert.equal(evaluation.equal_label_scores, 1);
});

test("the judge's ceiling is given only if every compared row has seven labelled answers", () => {
  const seven = rankingOf(BEST_FIRST, LABELS);
  assert.equal(evaluate(seven).judge_ceiling?.of, 'adjacent_accuracy');
  assert.ok('judge_ceiling' in evaluate(seven, rankingOf([1, 2], undefined)));
  assert.ok(!('judge_ceiling' in evaluate(seven, rankingOf([1, 2], [1, 2]))));
  assert.ok(!('judge_ceiling' in evaluate(rankingOf(BEST_FIRST, [1, 2, 3, 4, 5, 6, null]))));
  assert.ok(!('judge_ceiling' in evaluate(rankingOf([1, 2], undefined))));
});

test('the result has the seed and the number of resamples, and another seed gives other intervals', () => {
  const rows = Array.from({ length: 20 }, (_, i) => rankingOf([i % 3, 1], [1, 2], { prompt_id: `p${i}` }));
  const intervals = [1, 2].map((seed) => {
    const evaluator = new Evaluator({ seed, resamples: 50 });
    for (const row of rows) evaluator.add(row);
    const { bootstrap, statistics } = evaluator.result();
    assert.deepEqual(bootstrap, {
      resamples: 50,
      seed,
      level: 0.95,
      unit: 'prompt_id',
      units: 20,
      interval: 'expanded percentile',
    });
    return statistics.pairwise_accuracy;
  });
  assert.equal(intervals[0].value, intervals[1].value);
  assert.notDeepEqual(intervals[0], intervals[1]);
});

test('arrays of different length are an error with row and field, and the ranking is not counted', () => {
  const evaluator = new Evaluator();
  const bad: [Ranking, string][] = [
    [rankingOf([1, 2], [1, 2, 3], { index: 4 }), 'labels'],
    [rankingOf([1, 2], [1, 2], { index: 4, lengths: [1] }), 'lengths'],
    [rankingOf([1, Number.NaN], [1, 2], { index: 4 }), 'scores[1]'],
    [rankingOf([Number.NEGATIVE_INFINITY, 1], [1, 2], { index: 4 }), 'scores[0]'],
    [rankingOf([1, 2], [1, 1e101], { index: 4 }), 'labels[1]'],
    [rankingOf([1, 2], [1, 2], { index: 4, label_scores: [null, -2e200] }), 'label_scores[1]'],
    [rankingOf([1, 2], [1, 2], { index: 4, models: ['a'] }), 'models'],
  ];
  for (const [ranking, field] of bad) {
    assert.throws(
      () => evaluator.add(ranking),
      (error) => error instanceof RowError && error.place.row === 4 && error.place.field === field,
    );
  }
  assert.equal(evaluator.result().rows, 0);
});
