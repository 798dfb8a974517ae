import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Slice, SliceTable } from '../../../src/contracts/agreement.js';
import type { Ranking } from '../../../src/contracts/ranking.js';
import { Evaluator } from '../../../src/measure/evaluation.js';
import { oracleRankings } from '../oracle.js';
import { rankingOf } from '../rankings.js';

function tables(rows: readonly Ranking[], ...by: string[]): SliceTable[] {
  const evaluator = new Evaluator({ by, resamples: 50 });
  for (const row of rows) evaluator.add(row);
  return evaluator.result().slices;
}

const values = ({ slices }: SliceTable) => slices.map(({ value }) => value);
const small = (i: number, rest: Partial<Ranking> & Record<string, unknown>) =>
  rankingOf([2, 1], [1, 2], { prompt_id: `p${i}`, ...rest });

test('the values of a slice match an evaluation of its rows alone', () => {
  const rows = oracleRankings.map((row, i) => ({ ...row, source: [`s${i % 3}`, ...(i % 2 === 0 ? ['even'] : [])] }));
  const [{ slices }] = tables(rows, 'source');
  assert.equal(slices.length, 4);
  for (const slice of slices) {
    const alone = new Evaluator({ resamples: 50 });
    for (const row of rows) if (row.source.includes(slice.value ?? '')) alone.add(row);
    const expected = alone.result();
    assert.equal(slice.rows, expected.rows_compared);
    assert.equal(slice.clusters, expected.clusters);
    assert.equal(slice.comparisons, expected.comparisons);
    assert.deepEqual(Object.keys(slice.statistics), [
      'pairwise_accuracy',
      'kendall_tau_b',
      'top1',
      'plackett_luce_nll',
    ]);
    for (const name of Object.keys(slice.statistics)) {
      assertSameValue(slice, 'statistics', name, expected.statistics[name]);
      assertSameValue(slice, 'length', name, expected.baselines.length[name]);
    }
  }
});

function assertSameValue(
  slice: Slice,
  what: 'statistics' | 'length',
  name: string,
  expected: { value: number | null; n: number },
): void {
  const { value, n } = (what === 'length' ? slice.baselines.length : slice.statistics)[name];
  assert.equal(n, expected.n, `${slice.value} ${name}`);
  assert.equal(value === null, expected.value === null, `${slice.value} ${name}`);
  assert.ok(Math.abs(Number(value) - Number(expected.value)) < 1e-12, `${slice.value} ${name}: ${value}`);
}

test('a slice of all rows has the intervals of the whole', () => {
  const rows = oracleRankings.map((row) => ({ ...row, turns: 1 }));
  const evaluator = new Evaluator({ by: ['turns'] });
  for (const row of rows) evaluator.add(row);
  const { slices, statistics, differences } = evaluator.result();
  assert.deepEqual(slices[0].slices[0].statistics.pairwise_accuracy, statistics.pairwise_accuracy);
  assert.deepEqual(slices[0].slices[0].differences.length.top1, differences.length.top1);
});

test('numeric values ascend, names go by size, and rows without the field are last', () => {
  const turns = [10, 2, 2, 9, undefined, undefined, undefined].map((turns, i) => small(i, { turns }));
  assert.deepEqual(values(tables(turns, 'turns')[0]), ['2', '9', '10', null]);
  const source = [['b'], ['a'], ['a', 'c', 'a'], ['c'], [], ['c']].map((source, i) => small(i, { source }));
  assert.deepEqual(values(tables(source, 'source')[0]), ['c', 'a', 'b', null]);
  assert.deepEqual(
    tables(source, 'source')[0].slices.map(({ rows }) => rows),
    [3, 2, 1, 1],
  );
});

test('any field of a ranking can be sliced by, with values of any type; a field that no row has gives one slice', () => {
  const rows = [{ a: 1 }, 'x', true, null, { a: 1 }].map((meta, i) => small(i, { meta }));
  assert.deepEqual(values(tables(rows, 'meta')[0]), ['{"a":1}', 'x', 'true', null]);
  const long = [2n ** 60n, { a: 2n ** 60n }, [2n ** 60n]].map((meta, i) => small(i, { meta }));
  assert.deepEqual(values(tables(long, 'meta')[0]), [`${2n ** 60n}`, `{"a":${2n ** 60n}}`]);
  assert.deepEqual(values(tables(rows, 'nowhere')[0]), [null]);
  assert.deepEqual(values(tables(rows, 'toString')[0]), [null]);
  assert.deepEqual(
    tables(rows, 'meta', 'turns', 'model').map(({ by }) => by),
    ['meta', 'turns', 'model'],
  );
});

test('slices by length are quartiles of the mean length of the answers', () => {
  const rows = Array.from({ length: 8 }, (_, i) => small(i, { lengths: [10 * i, 10 * i + 10] }));
  const [table] = tables(rows, 'length');
  assert.deepEqual(values(table), ['up to 23', 'over 23 to 40', 'over 40 to 58', 'over 58 to 75']);
  assert.deepEqual(
    table.slices.map(({ rows }) => rows),
    [2, 2, 2, 2],
  );
  const long = [...rows.slice(0, 6), small(6, { lengths: [2 ** 31, 2 ** 31] }), small(7, { lengths: [2 ** 40, 2] })];
  assert.ok(
    values(tables(long, 'length')[0])
      .at(-1)
      ?.endsWith(` to ${2 ** 39 + 1}`),
  );
  const equal = Array.from({ length: 8 }, (_, i) => small(i, { lengths: [5, 5] }));
  assert.deepEqual(values(tables(equal, 'length')[0]), ['up to 5']);
});

test('a slice by model has the comparisons with its answers; one between two of its answers counts once', () => {
  const [table] = tables(
    [
      rankingOf([3, 1, 2], [1, 2, 3], { models: ['a', 'b', 'b'] }),
      rankingOf([1, 2, 9], [1, 2, 2], { models: ['a', null, 'c'], prompt_id: 'q' }),
    ],
    'model',
  );
  const found = table.slices.map(({ value, rows, clusters, comparisons, statistics }) => [
    value,
    rows,
    clusters,
    comparisons,
    statistics.pairwise_accuracy.value,
  ]);
  // a: 1-2, 1-3 right, then both wrong. b: 1-2, 1-3 right, 2-3 wrong. c: wrong.
  assert.deepEqual(found, [
    ['a', 2, 2, 4, 0.5],
    ['b', 1, 1, 3, 2 / 3],
    ['c', 1, 1, 1, 0],
  ]);
});

test('the 64 largest slices are shown, and the others are counted', () => {
  const rows = Array.from({ length: 150 }, (_, i) => small(i, { tag: `t${i % 100}` }));
  const [{ slices, left_out }] = tables(rows, 'tag');
  assert.equal(slices.length, 64);
  assert.equal(left_out, 36);
  assert.equal(slices[0].rows, 2);
  assert.equal(slices[63].rows, 1);
});
