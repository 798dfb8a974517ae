import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison } from '../../src/contracts/agreement.js';
import { RunComparer } from '../../src/measure/compare/run-comparer.js';
import { evaluationMarkdown } from '../../src/report/markdown.js';
import { scoredByText } from '../../src/report/scored-by.js';
import { comparisonTable } from '../../src/report/terminal/comparison-table.js';
import { evaluationTable } from '../../src/report/terminal/table.js';
import { ordinary, SCORED_BY } from './evaluations.js';

const LINE = 'starling-rm-mini int8, template chatml, d43ed815a21d, 2026-12-01';

test('a line has model, dtype, template, digest and day; the day only if it is known, long names cut', () => {
  assert.equal(scoredByText(SCORED_BY), LINE);
  const { date: _, ...undated } = SCORED_BY;
  assert.equal(scoredByText(undated), LINE.slice(0, LINE.lastIndexOf(',')));
  const long = scoredByText({ ...SCORED_BY, model: '🦢'.repeat(41) });
  assert.ok(long.startsWith(`${'🦢'.repeat(39)}… int8, `), long);
});

test('the table and the Markdown begin with what scored the rankings, and the notes with what changed since', () => {
  const evaluation = { ...ordinary(), scored_by: [SCORED_BY], scored_by_notes: ['a`b|c has changed.'] };
  const table = evaluationTable(evaluation);
  assert.ok(table.startsWith(`${LINE}\n\n`), table);
  assert.match(table, /\n\na`b\|c has changed\.\nRows: 61/);
  const markdown = evaluationMarkdown(evaluation);
  assert.ok(markdown.startsWith(`Rewards: \`${LINE}\`.\n\n|  | reward`), markdown);
  assert.ok(markdown.endsWith('\n\n`a?b|c has changed.`\n'), markdown);

  assert.match(evaluationTable({ ...ordinary(), scored_by: [] }), /^unknown model \(the rankings do not say what/);
  assert.doesNotMatch(evaluationTable(ordinary()), /model int8|unknown model/);
  const nothing = evaluationMarkdown({ ...evaluation, rows_compared: 0 });
  assert.ok(nothing.startsWith(`Rewards: \`${LINE}\`.\n\n`), nothing);
});

const comparison = new RunComparer({}).result();
const table = (fields: Partial<Comparison>) => comparisonTable({ ...comparison, ...fields });

test('a comparison begins with both runs and with what differs between them', () => {
  const scored_by = { a: [SCORED_BY], b: [{ ...SCORED_BY, dtype: 'fp32' }] };
  const dtype = { name: 'dtype', a: 'int8', b: 'fp32' };
  const runs = `A: ${LINE}\nB: ${LINE.replace('int8', 'fp32')}\n`;
  const one = table({ scored_by, run_differences: [dtype] });
  assert.ok(one.startsWith(`${runs}The runs differ in one thing: dtype (int8 -> fp32).\n\n`), one);
  const length = { name: '--max-length', a: '2048', b: '200' };
  const two = table({ scored_by, run_differences: [dtype, length] });
  const sentence =
    'The runs differ in 2 things: dtype (int8 -> fp32), --max-length (2048 -> 200).\n' +
    'The changes below cannot be attributed to one of them.\n\n';
  assert.ok(two.startsWith(`${runs}${sentence}`), two);
  assert.match(table({ scored_by, run_differences: [] }), /\nThe two runs have the same model and settings\.\n/);

  const unknown = table({ scored_by: { a: [SCORED_BY], b: [] } });
  assert.ok(unknown.startsWith(`A: ${LINE}\nB: unknown model (the rankings do not say what scored them)\n\n`), unknown);
  assert.doesNotMatch(unknown, /differ in|same model/);
  const several = table({ scored_by: { a: [SCORED_BY, { ...SCORED_BY, dtype: 'q4' }], b: [] } });
  assert.match(several, /^A: starling-rm-mini int8, .*\nA: starling-rm-mini q4, .*\nB: /);
  assert.match(
    table({ scored_by, scored_by_notes: ['b.jsonl was changed.'] }),
    /\nb\.jsonl was changed\.\nRows in both/,
  );
});
