import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison, Estimate } from '../../../src/contracts/agreement.js';
import { RunComparer } from '../../../src/measure/compare/run-comparer.js';
import { comparisonJson } from '../../../src/report/json.js';
import { comparisonTable } from '../../../src/report/terminal/comparison-table.js';

const estimate = (value: number, low: number, high: number, n: number): Estimate => ({ value, low, high, n });

function ordinary(): Comparison {
  const accuracy = {
    a: estimate(0.712, 0.68, 0.745, 1257),
    b: estimate(0.706, 0.67, 0.74, 1257),
    difference: estimate(-0.006, -0.014, 0.002, 1257),
    p_value: 0.163,
  };
  const tau = {
    a: estimate(0.412, 0.361, 0.46, 60),
    b: estimate(0.402, 0.35, 0.45, 60),
    difference: estimate(-0.01, -0.02, -0.001, 60),
    p_value: 0.00009,
  };
  return {
    ...new RunComparer().result(),
    rows: 61,
    rows_compared: 60,
    clusters: 60,
    comparisons: 1257,
    statistics: { pairwise_accuracy: accuracy, kendall_tau_b: tau },
    flipped_pairs: estimate(0.031, 0.02, 0.04, 1281),
    changed_best: estimate(0.066, 0.02, 0.11, 61),
    most_flipped: [{ name: 'row-7', prompt_id: 'p', flipped: 4.5, pairs: 21, gained: -1.5 }],
    only_a: { rows: 12, names: ['a\n1', 'a2'] },
    slices: [
      {
        by: 'source',
        slices: [
          {
            value: 'chat',
            rows: 30,
            clusters: 30,
            comparisons: 600,
            flipped_pairs: estimate(0.05, 0.02, 0.08, 630),
            statistics: { pairwise_accuracy: accuracy },
          },
        ],
        left_out: 1,
      },
    ],
  };
}

test('an ordinary comparison, to the letter', () => {
  assert.equal(
    comparisonTable(ordinary()),
    `\
                        A       B   B - A     95 % interval       p      n
pairwise accuracy  71.2 %  70.6 %  -0.6 %       -1.4 to 0.2   0.163  1,257
Kendall tau-b       0.412   0.402  -0.010  -0.020 to -0.001  <0.001     60

The two runs order 3.1 % of the pairs of answers differently, and choose another
best answer in 6.6 % of the rows. B orders 70.6 % of 1,257 pairs as the labels
do, A 71.2 %: 0.6 points fewer (-1.4 to 0.2), so no difference is shown.

by source  rows  flipped       A       B  95 % of B - A      p
chat         30    5.0 %  71.2 %  70.6 %    -1.4 to 0.2  0.163
The largest 1 of 2 slices.

rows that flipped      pairs  gained
row-7              4.5 of 21    -1.5

Rows in both: 61, 60 with different labels: 1,257 comparisons, 60 prompts.
Intervals: paired, 95 %, bootstrap over prompts, 1,000 resamples, seed 1. p:
permutation test, the two runs swapped by prompt 10,000 times.
A lone "-" means nothing to compute, or too few prompts for an interval; "-"
before a number makes it negative.
Left out, only in A: 12 rows (2 of 12: a?1, a2).
`,
  );
});

test('the sentence for a difference that is shown, for none, and for nothing to compare', () => {
  const shown = ordinary();
  shown.statistics.pairwise_accuracy.difference = estimate(0.02, 0.01, 0.03, 1257);
  const flowing = (comparison: Comparison) => comparisonTable(comparison).replaceAll(/\s+/g, ' ');
  assert.match(flowing(shown), /A 71\.2 %: 2\.0 points more \(1\.0 to 3\.0\)\. /);
  const alike = { ...ordinary(), flipped_pairs: estimate(0, 0, 0, 1281), most_flipped: [] };
  assert.match(flowing(alike), /The two runs order every pair of answers alike\./);
  assert.doesNotMatch(flowing(alike), /that flipped/);
  assert.match(flowing(new RunComparer().result()), /^Nothing to compare: no row is in both runs\. Rows in both: 0, /);
  const unlabelled = ordinary();
  const nothing: Estimate = { value: null, low: null, high: null, n: 0, reason: 'no labels' };
  unlabelled.rows_compared = 0;
  unlabelled.statistics = { pairwise_accuracy: { a: nothing, b: nothing, difference: nothing, p_value: null } };
  unlabelled.slices = [];
  assert.match(flowing(unlabelled), /differently, .* Without labels, neither can be called better\./);
});

test('every line fits 80 columns, and the JSON gives the comparison again', () => {
  for (const comparison of [ordinary(), new RunComparer().result()]) {
    for (const line of comparisonTable(comparison).split('\n')) assert.ok(line.length <= 80, line);
    assert.deepEqual(JSON.parse(comparisonJson(comparison)), comparison);
  }
});

test('Pearson has a line only where there are label scores', () => {
  const comparison = ordinary();
  const nothing = { value: null, low: null, high: null, n: 0, reason: 'no row has label scores' };
  const withPearson = (one: Estimate) =>
    comparisonTable({
      ...comparison,
      statistics: { ...comparison.statistics, pearson: { a: one, b: one, difference: one, p_value: null } },
    });
  assert.doesNotMatch(withPearson(nothing), /Pearson/);
  assert.match(withPearson(estimate(0.5, 0.4, 0.6, 60)), /^Pearson +0\.500/m);
});

test('a list of flipped rows that is cut says so', () => {
  const flipped = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `row-${i}`, prompt_id: 'p', flipped: 1, pairs: 21, gained: 0 }));
  const header = (count: number) =>
    /^.*rows that flipped/m.exec(comparisonTable({ ...ordinary(), most_flipped: flipped(count) }))?.[0];
  assert.equal(header(5), 'rows that flipped');
  assert.equal(header(7), 'top 5 of 7 rows that flipped');
  assert.equal(header(20), 'top 5 of at least 20 rows that flipped');
});

test('a note says that slices overlap, where rows count in several', () => {
  const { slices, ...rest } = ordinary();
  const [{ slices: some }] = slices;
  const by = (field: string, rows: number) =>
    comparisonTable({ ...rest, slices: [{ by: field, slices: some.map((one) => ({ ...one, rows })), left_out: 0 }] });
  assert.match(by('model', 62), /\nSlices overlap: a row counts in the slice of each of its models\.\n/);
  assert.match(by('source', 62), /\nSlices overlap: a row with several values counts in the slice of each\.\n/);
  assert.doesNotMatch(by('source', 61), /overlap/);
});
