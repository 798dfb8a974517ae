import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Evaluation } from '../../src/agreement.js';
import { evaluationTable } from '../../src/report/table.js';
import { extreme, ordinary, unlabelled, withPairwise } from './evaluations.js';

/** The text without line breaks inside paragraphs. */
const flowing = (evaluation: Evaluation): string => evaluationTable(evaluation).replaceAll(/\s+/g, ' ');

test('an ordinary evaluation, to the letter', () => {
  assert.equal(
    evaluationTable(ordinary()),
    `\
                   reward   95 % interval  longer   95 % interval      n
pairwise accuracy  71.3 %    68.0 to 74.5  62.7 %    59.0 to 66.0  1,257
adjacent accuracy  60.1 %    55.0 to 64.0  55.0 %    50.0 to 60.0    360
Kendall tau-b       0.412  0.361 to 0.460   0.250  0.200 to 0.300     60
Spearman            0.500  0.430 to 0.570   0.300  0.230 to 0.370     60
top-1              45.0 %    32.0 to 58.0  30.0 %    18.0 to 42.0     60

The reward orders 71.3 % of 1,257 pairs as the labels do (95 % interval 68.0 to
74.5); calling the longer answer better orders 62.7 %.

Rows: 61 (K = 7), 60 with different labels: 1,257 comparisons, 60 prompts.
Intervals: 95 %, bootstrap over prompts, 1,000 resamples, seed 1. n: comparisons
for accuracies, else rows.
Judge's ceiling: GPT-4 agrees with its own ranking on 62-72 % of adjacent pairs
(Nectar): where GPT-4 made the labels, little is to be gained above that.
`,
  );
});

test('80 columns are enough for every number', () => {
  for (const evaluation of [ordinary(), unlabelled(), extreme()]) {
    for (const line of evaluationTable(evaluation).split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  }
});

test('every line of the table is equally long, so columns are aligned', () => {
  for (const evaluation of [ordinary(), extreme()]) {
    const lines = evaluationTable(evaluation).split('\n').slice(0, 6);
    assert.deepEqual(new Set(lines.map((line) => line.length)).size, 1, lines.join('\n'));
  }
});

test('plain text: nothing but printable ASCII and line breaks', () => {
  for (const evaluation of [ordinary(), unlabelled(), extreme()]) {
    assert.match(evaluationTable(evaluation), /^[\n\x20-\x7e]+$/);
  }
});

test('no labels: a sentence instead of a table of dashes', () => {
  const text = evaluationTable(unlabelled());
  assert.match(text, /^No labels to compare with/);
  assert.doesNotMatch(text, /Kendall|NaN|null/);
  assert.match(text, /Rows: 61 \(K = 7\)/);
});

test('a reward that does not beat length is told so', () => {
  assert.match(flowing(withPairwise({ value: 0.6 }, { value: 0.627 })), /does not beat choosing by length/);
  assert.match(flowing(withPairwise({ low: 0.64 }, { high: 0.66 })), /intervals overlap, .* does not show that/);
  assert.doesNotMatch(flowing(withPairwise({ low: 0.67 }, { high: 0.66 })), /overlap|does not beat/);
});

test('an interval that includes a coin is told so', () => {
  assert.match(flowing(withPairwise({ low: 0.45, high: 0.75 })), /includes 50 %/);
  assert.doesNotMatch(flowing(withPairwise({ low: 0.501 })), /includes 50 %/);
});

test('a value without an interval gives its reason', () => {
  const text = flowing(withPairwise({ low: null, high: null, reason: 'no interval: it rests on one prompt' }));
  assert.match(text, /\(no interval: it rests on one prompt\)/);
  assert.match(text, /no evidence for other prompts/);
  assert.match(text, /71\.3 % - 62\.7 %/);
});

test('an undefined statistic is a dash', () => {
  const evaluation = ordinary();
  evaluation.statistics.spearman = { value: null, low: null, high: null, n: 0, reason: 'all answers tie' };
  assert.match(evaluationTable(evaluation), /^Spearman +- +- +0\.300/m);
  assert.match(flowing(evaluation), /n differs for "longer answer": Spearman 60\./);
});

test('what rounds to zero has no minus', () => {
  const evaluation = ordinary();
  evaluation.statistics.spearman = { value: -0.0001, low: -0.0004, high: 0.0001, n: 60 };
  assert.match(evaluationTable(evaluation), /^Spearman +0\.000 +0\.000 to 0\.000 /m);
});

test('truncated answers and equal label scores are told only if there are any', () => {
  assert.doesNotMatch(flowing(ordinary()), /were cut|label scores/);
  const text = flowing({ ...ordinary(), truncated_answers: 43, equal_label_scores: 257 });
  assert.match(text, /43 of 427 answers \(10\.1 %\) were cut/);
  assert.match(text, /In 257 of 1,257 comparisons the label scores are equal/);
});

test('few prompts are told so, and one is not called several', () => {
  assert.doesNotMatch(flowing(ordinary()), /Few prompts/);
  const text = flowing({ ...ordinary(), clusters: 1, comparisons: 1 });
  assert.match(text, /Few prompts \(1\): the intervals are narrower/);
  assert.match(text, /: 1 comparison, 1 prompt\./);
});

test("without a judge's ceiling there is no line about it", () => {
  const { judge_ceiling: _, ...evaluation } = ordinary();
  assert.doesNotMatch(evaluationTable(evaluation), /ceiling/);
});

test('a statistic that the report does not know appears by its name', () => {
  const evaluation = ordinary();
  evaluation.statistics.best_of_n = { value: 8.5254, low: -1e300, high: 12.5, n: 60 };
  assert.match(evaluationTable(evaluation), /^best of n +8\.525 +-1\.0e\+300 to 12\.500 +- +- +60$/m);
});
