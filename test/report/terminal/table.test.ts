import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BaselineName, Estimate, Evaluation, Standing } from '../../../src/contracts/agreement.js';
import { Evaluator } from '../../../src/measure/evaluation.js';
import { fitted, shortened } from '../../../src/report/terminal/columns.js';
import { evaluationTable } from '../../../src/report/terminal/table.js';
import { rankingOf } from '../../measure/rankings.js';
import { extreme, ordinary, unlabelled, withPairwise } from '../evaluations.js';

/** The text with line breaks as spaces. */
const flowing = (evaluation: Evaluation): string => evaluationTable(evaluation).replaceAll(/\s+/g, ' ');

test('an ordinary evaluation, to the letter', () => {
  assert.equal(
    evaluationTable(ordinary()),
    `\
                   reward   95 % interval  longer  reward - longer      n
pairwise accuracy  71.3 %    68.0 to 74.5  62.7 %      4.0 to 13.0  1,257
adjacent accuracy  60.1 %    55.0 to 64.0  55.0 %      1.0 to 10.0    360
Kendall tau-b       0.412  0.361 to 0.460   0.250   0.100 to 0.220     60
Spearman            0.500  0.430 to 0.570   0.300   0.120 to 0.280     60
top-1              45.0 %    32.0 to 58.0  30.0 %     -2.0 to 31.0     60
Plackett-Luce NLL   6.412  6.120 to 6.703       -                -     60

The reward orders 71.3 % of 1,257 pairs as the labels do (95 % interval 68.0 to
74.5); picking the longer answer orders 62.7 %.

pairwise accuracy of          value  95 % interval   reward - it      n
the longer answer            62.7 %   59.0 to 66.0   4.0 to 13.0  1,257
the answering model alone    64.0 %   60.0 to 68.0   2.0 to 12.0  1,257
the earlier answer           51.2 %   48.0 to 54.0  16.0 to 24.0  1,257
a random guess               50.0 %   50.0 to 50.0  18.0 to 24.5  1,257
reward, lengths within 10 %  66.0 %   60.0 to 72.0                  140
reward, length-controlled    68.0 %   64.0 to 72.0                1,257

Rows: 61 (K = 7), 60 with different labels: 1,257 comparisons, 60 prompts.
Intervals: 95 %, bootstrap over prompts, 1,000 resamples, seed 1; those of
differences are paired. n: comparisons for accuracies, else rows.
Plackett-Luce NLL: nats per row, lower is better; 6.412 under the reward, 8.525
under a random guess.
Judge's ceiling: GPT-4 agrees with its own ranking on 62-72 % of adjacent pairs
(Nectar): where GPT-4 made the labels, a higher accuracy means little.
A lone "-" means nothing to compute, or too few prompts for an interval; "-"
before a number makes it negative.
`,
  );
});

test('80 columns are enough for every number', () => {
  for (const evaluation of [ordinary(), unlabelled(), extreme()]) {
    for (const line of evaluationTable(evaluation).split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`);
  }
});

test('all lines of the table are equally long, so columns are aligned', () => {
  for (const evaluation of [ordinary(), extreme()]) {
    const lines = evaluationTable(evaluation).split('\n').slice(0, 7);
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

test('the paired interval decides whether the text says that the reward does not beat a baseline', () => {
  const against = (name: BaselineName, change: Partial<Estimate>) => {
    const evaluation = ordinary();
    Object.assign(evaluation.differences[name].pairwise_accuracy, change);
    return flowing(evaluation);
  };
  assert.doesNotMatch(flowing(ordinary()), /beat/);
  assert.match(
    against('length', { value: 0.01, low: -0.02 }),
    /The data do not show that it beats picking the longer answer \(62\.7 %; difference -2\.0 to 13\.0\)\./,
  );
  assert.match(
    against('model_mean', { value: -0.05, low: -0.08, high: -0.02 }),
    /It does not beat picking by the answering model alone \(64\.0 %; difference -8\.0 to -2\.0\)\./,
  );
  assert.match(against('position', { value: -0.05, low: -0.08 }), /does not beat picking the earlier answer/);
});

test('a note says that rows are stored best first, and then position is no baseline to beat', () => {
  const evaluation = ordinary();
  Object.assign(evaluation.differences.position.pairwise_accuracy, { value: -0.3, low: -0.4, high: -0.2 });
  evaluation.position_effects = {
    k: 7,
    rows: 60,
    chance: 1 / 7,
    stored_best_first: { value: 0.98, low: 0.95, high: 1, n: 60 },
    slots: [],
  };
  assert.match(
    flowing(evaluation),
    /98\.0 % of the rows are stored best first: their positions say nothing about the judge/,
  );
  assert.doesNotMatch(flowing(evaluation), /earlier answer \(/);
});

test('a note says that models have equal mean labels, which puts the model baseline below 50 %', () => {
  const evaluation = ordinary();
  Object.assign(evaluation.baselines.model_mean.pairwise_accuracy, { value: 0.1, low: 0.05, high: 0.15 });
  assert.match(
    flowing(evaluation),
    /about equal mean labels\. Leaving a prompt out then reverses their order .* below 50 %: this reflects the design/,
  );
  assert.doesNotMatch(flowing(ordinary()), /equal mean labels/);
});

test('a note names slots that have more or less of the first places than chance', () => {
  const slot = (position: number, value: number) => ({
    position,
    first_by_label: { value, low: value - 0.05, high: value + 0.05, n: 60 },
    first_by_reward: { value, low: value - 0.05, high: value + 0.05, n: 60 },
  });
  const position_effects = {
    k: 3,
    rows: 60,
    chance: 1 / 3,
    stored_best_first: { value: 0.2, low: 0.1, high: 0.3, n: 60 },
    slots: [slot(0, 0.5), slot(1, 0.3), slot(2, 0.2)],
  };
  assert.match(
    flowing({ ...ordinary(), position_effects }),
    /share of the first places by label: slot 0 50\.0 % \(45\.0 to 55\.0\), slot 2 20\.0 % \(15\.0 to 25\.0\); chance is 33\.3 %/,
  );
});

test('slices: one table per field, with names from the rows shortened and made harmless', () => {
  const { statistics, differences, baselines } = ordinary();
  const slice = (value: string | null, rows: number) => ({
    value,
    rows,
    clusters: rows,
    comparisons: 21 * rows,
    statistics,
    baselines: { length: baselines.length },
    differences: { length: differences.length },
  });
  const slices = [
    {
      by: 'source',
      slices: [slice('chat', 40), slice('\u001b[31mred and very long indeed', 3), slice(null, 1)],
      left_out: 2,
    },
  ];
  const text = evaluationTable({ ...ordinary(), slices });
  assert.match(
    text,
    /by source {13}rows {2}pairs {2}accuracy {2}95 % interval {2}reward - longer\nchat {20}40 {4}840 {4}71\.3 % {3}68\.0 to 74\.5 {6}4\.0 to 13\.0\n/,
  );
  assert.match(text, /\n\?\[31mred and very l… {5}3 .*\n\(none\) .*\nThe largest 3 of 5 slices\.\n/);
});

test('a note says that slices overlap, where rows or pairs count in several', () => {
  const { statistics, differences, baselines } = ordinary();
  const slice = (value: string, rows: number) => ({
    value,
    rows,
    clusters: rows,
    comparisons: 21 * rows,
    statistics,
    baselines: { length: baselines.length },
    differences: { length: differences.length },
  });
  const by = (field: string, ...rows: number[]) =>
    flowing({
      ...ordinary(),
      slices: [{ by: field, slices: rows.map((count, i) => slice(`${i}`, count)), left_out: 0 }],
    });
  assert.match(by('source', 40, 21), /Slices overlap: a row with several values counts in the slice of each\./);
  assert.match(by('model', 60, 60), /Slices overlap: a pair of answers counts in the slices of both its models\./);
  assert.doesNotMatch(by('source', 40, 20), /overlap/);
});

test('characters that a terminal shows two columns wide count as two', () => {
  const rows = fitted([
    ['闲聊', '1'],
    ['chat', '2'],
    ['한국', '3'],
    ['🙂🙂', '4'],
  ]);
  assert.deepEqual(rows, ['闲聊  1', 'chat  2', '한국  3', '🙂🙂  4']);
  assert.equal(shortened('番茄炒蛋怎么做', 9), '番茄炒蛋…');
});

test('leaderboard: the top models by label, the correlations, and the models that surely move', () => {
  const models = ['alpha', 'beta', 'gamma'].map((model, i) => ({
    model,
    answers: 20,
    labels: standing(1100 - 100 * i, i + 1),
    reward: standing(1100 - 100 * ((i + 1) % 3), ((i + 1) % 3) + 1),
    length: standing(1000, 1),
    moved: estimate(i === 2 ? 2 : -1, i === 2 ? 1 : -2, i === 2 ? 2 : 0, 60),
  }));
  const order = {
    reward: estimate(0.5, -0.1, 0.9, 3),
    length: estimate(0.4, 0, 0.8, 3),
    difference: estimate(0.1, -0.3, 0.4, 3),
  };
  const leaderboard = { models, left_out: 0, spearman: order, kendall_tau_b: order, connected: true };
  const text = evaluationTable({ ...ordinary(), leaderboard });
  assert.match(
    text,
    /3 models by label +rating +95 % interval +by reward +moves +95 % interval\nalpha +1100 +1050 to 1150 +1000 +-1 +-2 to 0\n/,
  );
  assert.match(
    text.replaceAll(/\s+/g, ' '),
    /3 models by reward has a Spearman correlation of 0\.500 \(-0\.100 to 0\.900\) with their order by label, that by length alone 0\.400; the difference is 0\.100 \(-0\.300 to 0\.400\)\. 1 model surely moves: gamma \(\+2\)\./,
  );
  assert.match(
    flowing({ ...ordinary(), leaderboard: { ...leaderboard, connected: false } }),
    /Some models are not connected by comparisons/,
  );
});

test('a leaderboard that is cut says so: models, movers, and models that are not rated', () => {
  const models = Array.from({ length: 12 }, (_, i) => ({
    model: `model ${i}`,
    answers: 20,
    labels: standing(1100, i + 1),
    reward: standing(1100, i + 1),
    length: standing(1000, 1),
    moved: estimate(i + 1, i + 0.5, i + 2, 60),
  }));
  const text = flowing({ ...ordinary(), leaderboard: { ...ordinary().leaderboard, models, left_out: 7 } });
  assert.match(text, /top 10 of 12 by label rating .* model 9 1100 /);
  assert.doesNotMatch(text, /model 10 1100/);
  assert.match(
    text,
    /12 models surely move: the top 3 of them model 11 \(\+12\), model 10 \(\+11\), model 9 \(\+10\)\./,
  );
  assert.match(text, /Only the 12 of 19 models with the most answers are rated\./);
});

test('a leaderboard of long names and wide intervals keeps to 80 columns', () => {
  const wide = standing(1450, 1);
  wide.rating.low = -1050;
  const models = ['a', 'b', 'c'].map((letter) => ({
    model: letter.repeat(90),
    answers: 20,
    labels: wide,
    reward: wide,
    length: wide,
    moved: estimate(-10, -12, 10, 60),
  }));
  const lines = evaluationTable({ ...ordinary(), leaderboard: { ...ordinary().leaderboard, models } }).split('\n');
  assert.ok(lines.some((line) => line.startsWith('aaa') && line.includes('-1050 to ')));
  for (const line of lines) assert.ok(line.length <= 80, line);
});

function estimate(value: number, low: number, high: number, n: number): Estimate {
  return { value, low, high, n };
}

function standing(rating: number, rank: number): Standing {
  return { rating: estimate(rating, rating - 50, rating + 50, 60), rank: estimate(rank, 1, 3, 60) };
}

test('the text says that an interval includes 50 %', () => {
  assert.match(flowing(withPairwise({ low: 0.45, high: 0.75 })), /includes 50 %/);
  assert.doesNotMatch(flowing(withPairwise({ low: 0.501 })), /includes 50 %/);
});

test('a value without an interval gives its reason', () => {
  const text = flowing(withPairwise({ low: null, high: null, reason: 'no interval: it rests on one prompt' }));
  assert.match(text, /\(no interval: it rests on one prompt\)/);
  assert.match(text, /no evidence for other prompts/);
  assert.match(text, /71\.3 % - 62\.7 %/);
});

test('an undefined statistic is a dash, and a note names another n of the baseline', () => {
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

test('notes on truncated answers and equal label scores appear only if there are any', () => {
  assert.doesNotMatch(flowing(ordinary()), /were cut|label scores/);
  const text = flowing({ ...ordinary(), truncated_answers: 43, equal_label_scores: 257 });
  assert.match(text, /43 of 427 answers \(10\.1 %\) were cut/);
  assert.match(text, /In 257 of 1,257 comparisons the label scores are equal/);
});

test('a note says that prompts are few, and one prompt is singular', () => {
  assert.doesNotMatch(flowing(ordinary()), /Few prompts/);
  assert.match(flowing({ ...ordinary(), clusters: 2 }), /Few prompts \(2\): the intervals are narrower/);
  assert.match(flowing({ ...ordinary(), clusters: 1, comparisons: 1 }), /: 1 comparison, 1 prompt\./);
});

test('rows of one prompt have no intervals, and no note mentions any', () => {
  const evaluator = new Evaluator();
  const models = ['a', 'b', 'c', 'd'];
  evaluator.add(rankingOf([0.2, 0.9, 0.1, 0.4], [1, 2, 3, 4], { lengths: [4, 3, 2, 1], models }));
  const text = flowing(evaluator.result());
  assert.match(text, /no interval: it rests on one prompt/);
  assert.match(text, /Spearman correlation of 0\.000 with their order by label/);
  assert.doesNotMatch(text, /\(-\)|: -\)|bootstrap|Few prompts|beat|surely/);
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

test('Pearson has a line only where there are label scores', () => {
  const nothing = { value: null, low: null, high: null, n: 0, reason: 'no row has label scores' };
  const evaluation = ordinary();
  const withPearson = (pearson: Estimate, rows_with_label_scores: number) =>
    evaluationTable({
      ...evaluation,
      rows_with_label_scores,
      statistics: { ...evaluation.statistics, pearson },
    });
  assert.doesNotMatch(withPearson(nothing, 0), /Pearson/);
  assert.match(withPearson(nothing, 3), /^Pearson +- +-/m, 'label scores without a defined correlation have a line');
  assert.match(withPearson({ value: 0.5, low: 0.4, high: 0.6, n: 60 }, 60), /^Pearson +0\.500/m);
});
