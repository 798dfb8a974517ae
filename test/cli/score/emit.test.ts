import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { before, test } from 'node:test';
import { LIMIT } from '../../limit.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel, REFUSING_TEMPLATE } from '../byte-model.js';
import { finished, lines, row, run, start, withoutDates } from '../run.js';

const model = byteModel();

/** A row that the template does not write. */
const REFUSED = row('refused', ['Yes.', 'No.'], 'Refuse!');
const NESTED = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
const UNWRITABLE = `{"id":7,"prompt":"hi","answers":["x"],"more":${NESTED}}\n`;
const TOO_LONG = row('long', ['x'.repeat(2 ** 20)]);

/** Lines, and the code and id of what each is answered with; no code for a ranking. */
const CONVERSATION: [line: string, code: string | undefined, id: string | number | undefined][] = [
  ['{}\n', 'E_SHAPE', undefined],
  ['broken\n', 'E_JSON', undefined],
  [row('good'), undefined, 'good'],
  ['{"id":"no answers","prompt":"hi"}\n', 'E_ANSWERS', 'no answers'],
  [TOO_LONG, 'E_LINE_TOO_LONG', undefined],
  [REFUSED, 'E_PROMPT', 'refused'],
  ['{"id":[1],"prompt":"hi","answers":["x"]}\n', 'E_FIELD', undefined],
  ['[]\n', 'E_NOT_OBJECT', undefined],
  ['{"id":1,"id":2,"prompt":"hi","answers":["x"]}\n', 'E_DUPLICATE_KEY', undefined],
  [UNWRITABLE, 'E_FIELD', 7],
  [row('last'), undefined, 'last'],
];
const TEMPLATE = join(tempFolder(), 'refusing.jinja');
const FLAGS = [
  '--template-file',
  TEMPLATE,
  '--max-line',
  '1',
  '--max-nesting',
  '50000',
  '--keep',
  '--on-error',
  'emit',
];

before(() => writeFile(TEMPLATE, REFUSING_TEMPLATE));

test('a program that sends a line and waits for its answer gets one for every line, good or bad', LIMIT, async () => {
  const child = start('score', '-m', await model, ...FLAGS);
  const end = finished(child);
  const output = createInterface(child.stdout)[Symbol.asyncIterator]();
  for (const [index, [line, code, id]] of CONVERSATION.entries()) {
    child.stdin.write(line);
    const { done, value } = await output.next();
    assert.ok(!done, `no answer to line ${index}`);
    const answer = JSON.parse(value);
    assert.deepEqual([answer.index, answer.error?.code, answer.id], [index, code, id], value.slice(0, 300));
    assert.equal(answer.scores === undefined, code !== undefined);
    if (code !== undefined) assert.ok(answer.error.message.length > 10);
  }
  child.stdin.end();
  assert.ok((await output.next()).done, 'more answers than lines');
  const { code, stderr } = await end;
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^starling-rm: E_SKIPPED: 9 of 11 rows were skipped: 2 E_FIELD, 1 E_SHAPE, [^\n]*1 E_DUPLICATE_KEY\n$/m,
  );
  assert.doesNotMatch(stderr, /skipped: E_/, 'the line of a row says it');
});

test('the lines are those of good rows alone, with errors between them in the order of the input', async () => {
  const dir = await model;
  const good = CONVERSATION.filter(([, code]) => code === undefined).map(([line]) => line);
  const alone = await run(['score', '-m', dir, '--template-file', TEMPLATE, '--keep', '-q'], good.join(''));
  const rejects = join(tempFolder(), 'rejects.jsonl');
  const input = CONVERSATION.map(([line]) => line).join('');
  const { code, stdout } = await run(['score', '-m', dir, ...FLAGS, '--rejects', rejects], input);
  assert.equal(code, 1);
  const all = lines(stdout).map((line) => JSON.parse(line));
  assert.deepEqual(
    all.map(({ index }) => index),
    CONVERSATION.map((_, i) => i),
  );
  assert.deepEqual(
    all.filter(({ scores }) => scores !== undefined).map(({ scores }) => scores),
    lines(alone.stdout).map((line) => JSON.parse(line).scores),
  );
  const errors = all.filter(({ error }) => error !== undefined);
  assert.deepEqual(errors[0], {
    index: 0,
    error: { code: 'E_SHAPE', message: errors[0].error.message, line: 1, byte: 0 },
  });
  assert.deepEqual(Object.keys(errors[4]), ['index', 'id', 'error']);
  assert.equal(errors[4].error.field, 'conversation[1]');
  const rejected = lines(await readFile(rejects, 'utf8')).map((line) => JSON.parse(line));
  assert.deepEqual(
    errors.map(({ index, error }) => [index, error.code, error.message]),
    rejected.map(({ index, code: one, reason }) => [index, one, reason]),
  );
});

test('errors name their input where there are several, as rankings do, and rows of Parquet their record', async () => {
  const folder = tempFolder();
  const [a, b] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')];
  await writeFile(a, `${row('a')}broken\n`);
  await writeFile(b, `broken\n${row('b')}`);
  const { stdout } = await run(['score', '-m', await model, '--on-error', 'emit', '-q', a, b]);
  const found = lines(stdout).map((line) => JSON.parse(line));
  assert.deepEqual(
    found.map(({ index, file, error }) => [index, file, error?.line]),
    [
      [0, a, undefined],
      [1, a, 2],
      [2, b, 1],
      [3, b, undefined],
    ],
  );
  const { openDuckDb, sqlText } = await import('../../../src/tables/duckdb.js');
  const parquet = join(folder, 'rows.parquet');
  const database = await openDuckDb();
  await database.run(
    `COPY (SELECT * FROM (VALUES (1, 'hi', ['x']), (2, NULL, ['x'])) AS t(id, prompt, answers)) TO ${sqlText(parquet)} (FORMAT parquet)`,
  );
  database.close();
  const ofParquet = await run(['score', '-m', await model, '--on-error', 'emit', '-q', parquet]);
  const { index, id, error } = JSON.parse(lines(ofParquet.stdout)[1]);
  assert.deepEqual([index, id, error.code, error.record], [1, 2, 'E_PROMPT', 1], JSON.stringify(error));
});

test('--limit counts bad rows, and blank lines are no rows', async () => {
  const input = `\n${row('a')}\nbroken\n \n${row('b')}`;
  const { stdout } = await run(['score', '-m', await model, '--on-error', 'emit', '-q', '--limit', '2'], input);
  assert.deepEqual(
    lines(stdout).map((line) => JSON.parse(line).error?.code),
    [undefined, 'E_JSON'],
  );
});

/** Labelled rows, of which every fourth is broken. */
const LABELLED = Array.from({ length: 24 }, (_, i) => {
  const answers = [0, 1, 2].map((j) => ({
    answer: `A${i}.${j} ${'x'.repeat((i * 5 + j * 7) % 11)}`,
    rank: ((i + j) % 3) + 1,
  }));
  const text = JSON.stringify({ id: `r${i}`, prompt: `Q ${i}?`, answers });
  return i % 4 === 1 ? text.replace('answers', 'ans') : text;
}).join('\n');

test('evaluate --scored counts errors of score, leaves them out, and has the figures of the good rows', async () => {
  const folder = tempFolder();
  const [saved, skipped] = [join(folder, 'saved.jsonl'), join(folder, 'skipped.jsonl')];
  const evaluate = async (args: string[], input = '') => run(['evaluate', '-q', '--json', '-', ...args], input);
  const ofRows = ['-m', await model, '--on-error'];
  const emitting = await evaluate([...ofRows, 'emit', '--save', saved], LABELLED);
  const skipping = await evaluate([...ofRows, 'skip', '--save', skipped], LABELLED);
  const unsaved = await evaluate([...ofRows, 'emit'], LABELLED);
  assert.deepEqual([emitting.code, skipping.code, unsaved.code], [1, 1, 1]);
  assert.equal(lines(await readFile(saved, 'utf8')).length, 24);
  const figures = JSON.parse(withoutDates(emitting.stdout));
  assert.deepEqual([figures.rows, figures.rows_with_errors], [18, 6]);
  assert.equal(withoutDates(skipping.stdout), withoutDates(emitting.stdout));
  assert.equal(withoutDates(unsaved.stdout), withoutDates(emitting.stdout));
  const again = await evaluate(['--scored', saved]);
  assert.deepEqual({ code: again.code, stderr: again.stderr }, { code: 0, stderr: '' });
  assert.equal(withoutDates(again.stdout), withoutDates(emitting.stdout), 'the same report from what was saved');
  const good = await evaluate(['--scored', skipped]);
  assert.deepEqual(JSON.parse(withoutDates(good.stdout)), { ...figures, rows_with_errors: 0 });
  const table = join(folder, 'table.parquet');
  const told = await run(['evaluate', '--scored', saved, '--save', table]);
  assert.equal(told.code, 0);
  assert.match(told.stderr, /^starling-rm: 6 of 24 lines are errors of score: 6 E_ANSWERS\n$/);
  assert.match(told.stdout, /Left out: 6 rows with an error in place of a ranking\./);
  assert.equal(JSON.parse((await evaluate(['--scored', table])).stdout).rows, 18);
  const sampled = async (file: string) =>
    JSON.parse(withoutDates((await evaluate(['--scored', file, '--sample', '5'])).stdout));
  const [ofAll, ofGood] = [await sampled(saved), await sampled(skipped)];
  assert.deepEqual({ ...ofAll, rows_with_errors: 0 }, ofGood, 'errors are not sampled');
  const misuse = await run(['evaluate', '--scored', saved, '--on-error', 'emit']);
  assert.equal(misuse.code, 2);
  assert.match(misuse.stderr, /E_USAGE: --on-error emit does nothing without rows to score; drop --scored/);
});

test('a file of a folder may begin with an error, and an error without its index is no line of score', async () => {
  const folder = tempFolder();
  const saved = join(folder, 'saved.jsonl');
  await run(['score', '-m', await model, '--on-error', 'emit', '-q', '-o', saved], `broken\n${LABELLED}`);
  const { code, stderr } = await run(['evaluate', '--scored', folder]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /7 of 25 lines are errors of score: 6 E_ANSWERS, 1 E_JSON/);
  const odd = await run(['evaluate', '--scored'], '{"error":{"code":"E_JSON"}}\n');
  assert.match(odd.stderr, /E_FIELD: <stdin>, line 1 \(row 0\), byte 0, field index: found nothing/);
});

test('compare counts errors in each run; a row with one in one run is only in the other', async () => {
  const folder = tempFolder();
  const [a, b] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')];
  const score = async (text: string, file: string) =>
    run(['score', '-m', await model, '--on-error', 'emit', '-q', '-o', file], text);
  await score(LABELLED, a);
  await score(LABELLED.split('\n').with(3, 'broken').join('\n'), b);
  const { code, stdout, stderr } = await run(['compare', a, b]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^starling-rm: A: 6 of 24 lines are errors of score: 6 E_ANSWERS\n/);
  assert.match(stderr, /\nstarling-rm: B: 7 of 24 lines are errors of score: 6 E_ANSWERS, 1 E_JSON\n$/);
  assert.match(stdout, /Left out, with an error in place of a ranking: 6 rows in A, 7 in B\./);
  assert.match(stdout, /Left out, only in A: 1 row \(r3\)/);
  const { rows, rows_with_errors } = JSON.parse((await run(['compare', a, b, '-q', '--json', '-'])).stdout);
  assert.deepEqual([rows, rows_with_errors], [17, { a: 6, b: 7 }]);
});
