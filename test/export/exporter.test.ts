import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import type { RankedRow } from '../../src/contracts/ranked-row.js';
import { ranksOf } from '../../src/contracts/ranks.js';
import type { Choices } from '../../src/export/choose/choices.js';
import { Exporter } from '../../src/export/exporter.js';
import type { TrainingFormat } from '../../src/export/formats/format.js';
import { sft } from '../../src/export/formats/sft.js';
import { trlImplicit } from '../../src/export/formats/trl-implicit.js';
import { trlKto } from '../../src/export/formats/trl-kto.js';
import { trlPreference } from '../../src/export/formats/trl-preference.js';
import { SpreadCounter } from '../../src/export/summary/spread-of.js';
import { MESSAGES_FORM } from './golden.js';

const CHOICES: Choices = { rankBy: 'reward', drop: [], pairs: 'best-worst', top: 1, seed: 1 };

function rowOf(index: number, answers: readonly string[], scores: readonly number[], models?: string[]): RankedRow {
  const lengths = answers.map((text) => text.length);
  const ranking = {
    index,
    prompt_id: `p${index}`,
    scores: [...scores],
    ...ranksOf(scores),
    lengths,
    ...(models && { models }),
  };
  return {
    ranking,
    conversation: [{ role: 'user', text: `Question ${index}?` }],
    answers,
    place: { row: index },
    record: { index },
  };
}

function exporterOf(format: TrainingFormat, choices: Partial<Choices> = {}, balances = false): Exporter {
  return new Exporter({ format, form: MESSAGES_FORM, choices: { ...CHOICES, ...choices }, balances });
}

/** 300 rows, of which the longer answer is best in two thirds; in some both are equally long. */
const uneven = Array.from({ length: 300 }, (_, i) =>
  rowOf(i, [i % 10 === 9 ? 'abc' : 'a'.repeat(4 + (i % 5)), 'abc'], i % 3 === 0 ? [0, 1] : [1, 0]),
);

function balanced(seed: number) {
  const exporter = exporterOf(trlPreference, { seed }, true);
  for (const row of uneven) exporter.count(row);
  const kept = uneven.filter((row) => exporter.examplesOf(row).length > 0).map(({ ranking }) => ranking.index);
  return { kept, summary: exporter.summary };
}

test('a balanced export chooses the longer answer as often as the shorter, by a draw that the seed decides', () => {
  const { kept, summary } = balanced(1);
  const { pairs } = summary;
  assert.deepEqual([pairs?.longer, pairs?.shorter, pairs?.equal], [90, 90, 30]);
  assert.deepEqual(summary.left_out, { balance: 90 });
  assert.deepEqual(balanced(1).kept, kept);
  assert.notDeepEqual(balanced(2).kept, kept);
  const spread = kept.filter((index) => index % 3 !== 0 && index % 10 !== 9);
  const early = spread.filter((index) => index < 150).length;
  assert.ok(early > 30 && early < 60, `${early} of 90 are of the first half`);
});

test('a row that the format cannot hold counts neither for the balance nor for what is left out', () => {
  const form = { isText: true, layout: 'messages' } as const;
  const options = { format: trlImplicit, form, choices: { ...CHOICES, drop: ['equal'] as const }, balances: true };
  const exporter = new Exporter(options);
  const forged = rowOf(0, ['\n\nHuman: more', 'b', 'b'], [1, 0, -1]);
  const sound = rowOf(1, ['longer', 'b'], [0, 1]);
  for (const row of [forged, sound]) exporter.count(row);
  assert.throws(
    () => exporter.examplesOf(forged),
    (error) => error instanceof RowError && error.place.row === 0 && error.refused !== undefined,
  );
  assert.deepEqual(exporter.examplesOf(sound), []);
  assert.deepEqual(exporter.summary.left_out, { balance: 1 });
});

test('the best n answers are taken, and repeats of a text only if they are not dropped', () => {
  const row = rowOf(0, ['a', 'b', 'b', 'c'], [0, 3, 3, 1]);
  const texts = (choices: Partial<Choices>) =>
    exporterOf(sft, choices)
      .examplesOf(row)
      .map(({ messages }) => (messages as { content: string }[])[1].content);
  assert.deepEqual(texts({}), ['b']);
  assert.deepEqual(texts({ top: 3 }), ['b', 'b', 'c']);
  assert.deepEqual(texts({ top: 3, drop: ['equal'] }), ['b', 'c', 'a']);
});

test('a pair gives two examples of unpaired data', () => {
  const examples = exporterOf(trlKto).examplesOf(rowOf(0, ['bad', 'good'], [0, 1]));
  assert.deepEqual(
    examples.map(({ completion, label }) => [(completion as { content: string }[])[0].content, label]),
    [
      ['good', true],
      ['bad', false],
    ],
  );
});

test('the summary counts rows, pairs, lengths and models', () => {
  const exporter = exporterOf(trlPreference, { pairs: 'all' });
  exporter.examplesOf(rowOf(0, ['aaaa', 'bb', 'c'], [2, 1, 1], ['m', 'n', 'm']));
  exporter.examplesOf(rowOf(1, ['only'], [2]));
  const { rankings, used, examples, pairs, models, left_out, left_out_texts } = exporter.summary;
  assert.deepEqual([rankings, used, examples], [2, 1, 2]);
  assert.deepEqual(left_out, { ties: 1, few_answers: 1 });
  assert.deepEqual(left_out_texts, ['1 pair of equal value', '1 row with too few answers']);
  assert.deepEqual(pairs?.margin, { count: 2, mean: 1, least: 1, lower: 1, median: 1, upper: 1, most: 1 });
  assert.deepEqual([pairs?.longer, pairs?.shorter, pairs?.equal], [2, 0, 0]);
  assert.deepEqual(models, [
    { model: 'm', answers: 3, chosen: 2, rejected: 1 },
    { model: 'n', answers: 1, chosen: 0, rejected: 1 },
  ]);
});

test('quartiles of few numbers are exact, and of many near', () => {
  const few = new SpreadCounter();
  for (const value of [4, 1, 3, 2]) few.add(value);
  assert.deepEqual(few.spread, { count: 4, mean: 2.5, least: 1, lower: 1.75, median: 2.5, upper: 3.25, most: 4 });
  const many = new SpreadCounter();
  for (let i = 0; i < 200_000; i++) many.add((i * 7919) % 200_000);
  const { count, mean, least, lower, median, most } = many.spread;
  assert.deepEqual([count, mean, least, most], [200_000, 99_999.5, 0, 199_999]);
  assert.ok(Math.abs(Number(lower) - 50_000) < 1500 && Math.abs(Number(median) - 100_000) < 1500);
  const none = new SpreadCounter().spread;
  assert.deepEqual([none.count, none.mean, none.median], [0, null, null]);
});
