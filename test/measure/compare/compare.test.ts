import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison } from '../../../src/contracts/agreement.js';
import { RowError } from '../../../src/contracts/errors.js';
import type { Ranking } from '../../../src/contracts/ranking.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { flips } from '../../../src/measure/compare/flips.js';
import { permutationPValue } from '../../../src/measure/compare/permutation.js';
import { RunComparer } from '../../../src/measure/compare/run-comparer.js';
import { Evaluator } from '../../../src/measure/evaluation.js';
import type { EvaluatorOptions } from '../../../src/measure/evaluator-options.js';
import { assertClose, assertEstimate } from '../close.js';
import { oracle, oracleRankings } from '../oracle.js';
import { rankingOf } from '../rankings.js';

function compare(a: readonly Ranking[], b: readonly Ranking[], options: Partial<EvaluatorOptions> = {}): Comparison {
  const comparer = new RunComparer(options);
  for (const ranking of a) comparer.addA(ranking);
  for (const ranking of b) comparer.addB(ranking);
  return comparer.result();
}

const STATISTICS = Object.keys(oracle.pooled.reward);
const byLength = oracleRankings.map((ranking) => ({ ...ranking, scores: ranking.lengths }));

test('differences and paired intervals of reward and length match the brute-force oracle', () => {
  const { statistics, rows, rows_compared, comparisons } = compare(byLength, oracleRankings);
  assert.equal(rows, oracleRankings.length);
  assert.equal(rows_compared, oracle.rows_compared);
  assert.equal(comparisons, oracle.pooled.reward.pairwise_accuracy.n);
  for (const [name, expected] of Object.entries(oracle.differences.length)) {
    if (name === 'plackett_luce_nll') continue;
    assertEstimate(statistics[name].a, oracle.pooled.length[name], `${name} of A`);
    assertEstimate(statistics[name].b, oracle.pooled.reward[name], `${name} of B`);
    assertEstimate(statistics[name].difference, expected, name);
  }
});

test('a run against itself: nothing flips, every difference is 0, and p is 1', () => {
  const { statistics, flipped_pairs, changed_best, most_flipped } = compare(oracleRankings, oracleRankings);
  assert.deepEqual(Object.keys(statistics), STATISTICS);
  for (const [name, { difference, p_value }] of Object.entries(statistics)) {
    assert.deepEqual({ ...difference, n: 0 }, { value: 0, low: 0, high: 0, n: 0 }, name);
    assert.equal(p_value, 1, name);
  }
  assert.deepEqual({ ...flipped_pairs, n: 0 }, { value: 0, low: 0, high: 0, n: 0 });
  assert.equal(changed_best.value, 0);
  assert.deepEqual(most_flipped, []);
});

test('swapping the runs changes the sign of every difference and keeps its p', () => {
  const forth = compare(byLength, oracleRankings).statistics;
  const back = compare(oracleRankings, byLength).statistics;
  assert.deepEqual([Object.keys(forth), Object.keys(back)], [STATISTICS, STATISTICS]);
  for (const [name, { difference, p_value }] of Object.entries(forth)) {
    assertClose(back[name].difference.value, -(difference.value ?? 0), name);
    assertClose(back[name].p_value, p_value, name);
  }
});

test('p approximates the exact share of swaps of prompts with at least as great a difference', () => {
  const random = Xoshiro128.seeded(3);
  for (let trial = 0; trial < 5; trial++) {
    const units = 10;
    const draw = (most: number) => Float64Array.from({ length: units }, () => random.below(most));
    const a = { sums: draw(6), counts: Float64Array.from(draw(3), (count) => count + 6) };
    const b = { sums: draw(8), counts: Float64Array.from(draw(3), (count) => count + 6) };
    const found = permutationPValue(a, b, 1);
    const exact = exactPValue(a, b);
    // With 10,000 draws the standard deviation is at most 0.005.
    assert.ok(found !== null && Math.abs(found - exact) < 0.02, `${found} for ${exact}`);
  }
  const nothing = { sums: new Float64Array(2), counts: new Float64Array(2) };
  assert.equal(permutationPValue(nothing, nothing, 1), null);
});

/** The exact p-value over all 2^n swaps. */
function exactPValue(a: { sums: Float64Array; counts: Float64Array }, b: typeof a): number {
  const n = a.sums.length;
  const differences = Array.from({ length: 2 ** n }, (_, swaps) => {
    const sides = [
      [0, 0],
      [0, 0],
    ];
    for (let unit = 0; unit < n; unit++) {
      const isSwapped = ((swaps >> unit) & 1) === 1;
      [a, b].forEach((run, r) => {
        const side = sides[isSwapped ? 1 - r : r];
        side[0] += run.sums[unit];
        side[1] += run.counts[unit];
      });
    }
    return Math.abs(sides[1][0] / sides[1][1] - sides[0][0] / sides[0][1]);
  });
  return differences.filter((difference) => difference >= differences[0] - 1e-12).length / differences.length;
}

test('under the null hypothesis p is at most 0.05 in at most 5 % of the samples', () => {
  const random = Xoshiro128.seeded(9);
  const noise = () => (random.next() >>> 0) / 2 ** 32;
  const small = Array.from({ length: 200 }, () => {
    const rows = Array.from({ length: 30 }, (_, i) =>
      rankingOf([noise(), noise()], [1, 2], { index: i, prompt_id: `p${i}` }),
    );
    const others = rows.map((row) => ({ ...row, scores: [noise(), noise()] }));
    return compare(rows, others, { resamples: 2 }).statistics.pairwise_accuracy.p_value ?? 0;
  }).filter((p) => p <= 0.05).length;
  // The expected number is at most 10 of 200. By chance it exceeds 20 once in a thousand times.
  assert.ok(small <= 20, String(small));
});

test('flips: opposite orders count one, a tie in one run counts half, and tied best answers share the place', () => {
  assert.deepEqual(flips([3, 2, 1], [3, 2, 1]), { flipped: 0, pairs: 3, changedBest: 0 });
  assert.deepEqual(flips([3, 2, 1], [1, 2, 3]), { flipped: 3, pairs: 3, changedBest: 1 });
  assert.deepEqual(flips([3, 2, 1], [2, 2, 1]), { flipped: 0.5, pairs: 3, changedBest: 0.5 });
  assert.deepEqual(flips([2, 2, 1], [5, 5, 5]), { flipped: 1, pairs: 3, changedBest: 1 - 2 / 3 });
  assert.deepEqual(flips([1], [2]), { flipped: 0, pairs: 0, changedBest: 0 });
});

test('rows are paired by prompt and id, or index; rows of only one run, or with other answers, are counted and named', () => {
  const row = (index: number, rest: Partial<Ranking> = {}) =>
    rankingOf([2, 1], [1, 2], { index, prompt_id: `p${index}`, ...rest });
  const a = [
    row(0, { id: 'x' }),
    row(1),
    row(2),
    row(3, { id: 7 }),
    row(4),
    row(10, { id: '10' }),
    row(5, { id: 'twice', prompt_id: 'q' }),
    row(6, { id: 'twice', prompt_id: 'q' }),
  ];
  const b = [
    row(4),
    row(9, { id: 'x', prompt_id: 'p0' }),
    row(2, { lengths: [0, 99] }),
    row(3, { id: '7' }),
    row(10),
    row(8),
    row(7, { id: 'twice', prompt_id: 'q' }),
    { ...row(1), labels: [2, 1] },
  ];
  const { rows, only_a, only_b, different } = compare(a, b);
  assert.equal(rows, 4);
  assert.deepEqual(only_a, { rows: 2, names: ['10', 'twice'] });
  assert.deepEqual(only_b, { rows: 2, names: ['#8', '#10'] });
  assert.deepEqual(different, { rows: 2, names: ['#1', '#2'] });
  const many = Array.from({ length: 30 }, (_, i) => row(i));
  assert.deepEqual(compare(many, []).only_a, { rows: 30, names: many.slice(0, 10).map(({ index }) => `#${index}`) });
});

test('the rows that flipped most are listed with the comparisons gained or lost', () => {
  const labels = [1, 2, 3];
  const a = [0, 1, 2, 3].map((index) =>
    rankingOf([3, 2, 1], labels, { index, id: `r${index}`, prompt_id: `p${index}` }),
  );
  const scores = [
    [3, 2, 1],
    [1, 2, 3],
    [3, 1, 2],
    [3, 2, 2],
  ];
  const { most_flipped, flipped_pairs, changed_best } = compare(
    a,
    a.map((row, i) => ({ ...row, scores: scores[i] })),
  );
  assert.deepEqual(
    most_flipped.map(({ name, flipped, pairs, gained }) => [name, flipped, pairs, gained]),
    [
      ['r1', 3, 3, -3],
      ['r2', 1, 3, -1],
      ['r3', 0.5, 3, -0.5],
    ],
  );
  assert.equal(flipped_pairs.value, 4.5 / 12);
  assert.equal(flipped_pairs.n, 12);
  assert.equal(changed_best.value, 0.25);
});

test('without labels there are flips, but no statistics', () => {
  const a = [rankingOf([2, 1], undefined), rankingOf([2, 1], [1, 1], { index: 1 })];
  const b = a.map((row) => ({ ...row, scores: [1, 2] }));
  const { rows, rows_compared, flipped_pairs, statistics } = compare(a, b);
  assert.deepEqual([rows, rows_compared, flipped_pairs.value], [2, 0, 1]);
  assert.deepEqual(Object.keys(statistics), STATISTICS);
  for (const { a, b, difference, p_value } of Object.values(statistics)) {
    assert.deepEqual([a.value, b.value, difference.value, p_value], [null, null, null, null]);
    assert.equal(difference.reason, 'no row has two answers with different labels');
  }
});

test('each slice has the changes of its own rows', () => {
  const turns = (rows: readonly Ranking[]) => rows.map((row, i) => ({ ...row, turns: i % 3 }));
  const { slices } = compare(turns(byLength), turns(oracleRankings), {
    by: ['turns', 'length', 'model'],
    resamples: 50,
  });
  assert.deepEqual(
    slices.map(({ by }) => by),
    ['turns', 'length', 'model'],
  );
  assert.deepEqual(
    slices[0].slices.map(({ value }) => value),
    ['0', '1', '2'],
  );
  for (const { value, rows, comparisons, flipped_pairs, statistics } of slices[0].slices) {
    const part = (all: readonly Ranking[]) => turns(all).filter(({ turns }) => String(turns) === value);
    const alone = compare(part(byLength), part(oracleRankings), { resamples: 50 });
    assert.deepEqual([rows, comparisons], [alone.rows, alone.comparisons]);
    assertClose(flipped_pairs.value, alone.flipped_pairs.value, 'flipped');
    for (const [name, { a, b, difference, p_value }] of Object.entries(statistics)) {
      assertClose(a.value, alone.statistics[name].a.value, name);
      assertClose(b.value, alone.statistics[name].b.value, name);
      assertClose(difference.value, alone.statistics[name].difference.value, name);
      assert.ok(p_value !== null && p_value > 0 && p_value <= 1);
    }
  }
  const ofModel = slices[2].slices.find(({ value }) => value === 'm3');
  assert.equal(ofModel?.rows, oracleRankings.filter(({ models }) => models?.includes('m3')).length);
  assert.equal(
    slices[1].slices.reduce((sum, { rows }) => sum + rows, 0),
    oracleRankings.length,
  );
});

test('the values of a run match its evaluation', () => {
  const evaluator = new Evaluator({ resamples: 50 });
  for (const row of oracleRankings) evaluator.add(row);
  const { statistics } = evaluator.result();
  const compared = compare(byLength, oracleRankings, { resamples: 50 }).statistics;
  assert.deepEqual(Object.keys(statistics), STATISTICS);
  for (const [name, estimate] of Object.entries(statistics)) assert.deepEqual(compared[name].b, estimate);
});

test('arrays of different length are an error with row and field, in either run', () => {
  const bad = rankingOf([1, 2], [1, 2, 3], { index: 4 });
  for (const add of ['addA', 'addB'] as const) {
    assert.throws(
      () => new RunComparer()[add](bad),
      (error) => error instanceof RowError && error.place.row === 4 && error.place.field === 'labels',
    );
  }
});
