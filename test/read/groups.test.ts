import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError, StarlingError } from '../../src/contracts/errors.js';
import type { Row } from '../../src/contracts/row.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { watchedForLongTable } from '../../src/read/choose/long-table.js';
import type { GroupOptions } from '../../src/read/groups/group-options.js';
import { SeenGroups } from '../../src/read/groups/seen-groups.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { type RowOptions, readRemainingRows, readRows } from '../../src/read/rows.js';
import type { FieldNames } from '../../src/read/shapes/names.js';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';
import { tempFolder } from '../temp-folder.js';
import { collect } from './collect.js';

const folder = tempFolder();
let files = 0;

function newFile(content: string, ending = 'csv'): string {
  const path = join(folder, `${files++}.${ending}`);
  writeFileSync(path, content);
  return path;
}

function optionsOf(by: string, names: FieldNames = {}, group: Partial<GroupOptions> = {}): RowOptions {
  const fields = { ...names, groupBy: by };
  return { ...LIMITS, fields, group: { by, unsorted: false, most: LIMITS.maxAnswers, names: fields, ...group } };
}

async function rowsIn(paths: string | readonly string[], options: RowOptions) {
  return collect(readRows(await openInputs([paths].flat()), options));
}

/** What is compared of a row: its index, id, prompt and answers, or its error without the folder. */
function summary(row: Row | RowError): string {
  if (row instanceof RowError) return String(row).replaceAll(`${folder}/`, '');
  const answers = row.answers.map(({ text, model, rank }) => `${text}/${model}/${rank}`).join(' ');
  return `${row.index} ${row.id} ${row.conversation.map(({ text }) => text).join('|')}: ${answers}`;
}

const LONG = `qid,prompt,response,model,score,note
q1,Hi,a,m,3,x
q1,Hi,b,n,1,y
q2,Ho,c,m,2,
q3,He,d,m,,
q3,He,"e
f",n,9,
`;

const GROUPED = ['0 q1 Hi: a/m/1 b/n/2', '1 q2 Ho: c/m/1', '2 q3 He: d/m/undefined e\nf/n/1'];

test('adjacent rows of one group become one row, with what belongs to an answer in the answers', async () => {
  const path = newFile(LONG);
  const rows = await rowsIn(path, optionsOf('qid'));
  assert.deepEqual(rows.map(summary), GROUPED);
  const [first, , third] = rows;
  assert.ok(first && !(first instanceof RowError) && third && !(third instanceof RowError));
  assert.deepEqual(first.record, {
    qid: 'q1',
    prompt: 'Hi',
    answers: [
      { response: 'a', model: 'm', score: 3, note: 'x' },
      { response: 'b', model: 'n', score: 1, note: 'y' },
    ],
  });
  assert.deepEqual([first.place.line, third.place.line], [2, 5]);
  const byPrompt = await rowsIn(path, optionsOf('prompt'));
  assert.deepEqual(
    byPrompt.map((row) => (row instanceof RowError ? row : [row.id, row.answers.length])),
    [
      [undefined, 2],
      [undefined, 1],
      [undefined, 2],
    ],
  );
});

test('the same groups come from every format, sorted or not, and with a name for each field', async () => {
  const records = LONG.trimEnd()
    .split(/\n(?=q)/)
    .slice(1);
  const values = records.map((line) => line.split(','));
  const objects = values.map(([qid, prompt, response, model, score]) => ({
    qid,
    prompt,
    gen: { text: response.replaceAll('"', '') },
    by: model,
    points: score === '' ? null : Number(score),
  }));
  const lines = objects.map((one) => `${JSON.stringify(one)}\n`);
  const names = { answerText: 'gen.text', model: 'by', label: 'points' };
  const jsonl = newFile(lines.join(''), 'jsonl');
  const parquet = join(folder, 'long.parquet');
  const database = await openDuckDb();
  await database.run(`COPY (SELECT * FROM read_json(${sqlText(jsonl)})) TO ${sqlText(parquet)} (FORMAT parquet)`);
  database.close();
  const mixed = [0, 2, 3, 1, 4].map((i) => lines[i]);
  for (const [path, unsorted] of [
    [jsonl, false],
    [jsonl, true],
    [parquet, false],
    [parquet, true],
    [newFile(mixed.join(''), 'jsonl'), true],
  ] as const) {
    assert.deepEqual((await rowsIn(path, optionsOf('qid', names, { unsorted }))).map(summary), GROUPED, `${path}`);
  }
});

test('a group goes on in the next file, and its row is named by the first', async () => {
  const [header, ...lines] = LONG.split(/\n(?=q)/);
  const shards = [lines.slice(0, 1), lines.slice(1, 4), lines.slice(4)].map((part) =>
    newFile(`${[header, ...part].join('\n').trimEnd()}\n`),
  );
  for (const unsorted of [false, true]) {
    const rows = await rowsIn(shards, optionsOf('qid', {}, { unsorted }));
    assert.deepEqual(rows.map(summary), GROUPED);
    assert.deepEqual(
      rows.map((row) => 'file' in row && row.file),
      [shards[0], shards[1], shards[1]],
    );
  }
});

test('a group that appears again ends the run with both places; on the disk it is one group', async () => {
  const path = newFile(`${LONG.replace('q2,', 'q1,').replace('Ho', 'Hi')}q1,Hi,z,o,0,\n`);
  const seen: string[] = [];
  await assert.rejects(
    async () => {
      for await (const row of readRows(await openInputs([path]), optionsOf('qid'))) seen.push(summary(row));
    },
    (error) => {
      assert.ok(error instanceof StarlingError && error.code === 'E_USAGE');
      assert.match(String(error), /line 8, .*field qid: the group "q1" was at line 2 before .*sort .* --unsorted/);
      return true;
    },
  );
  assert.deepEqual(seen, ['0 q1 Hi: a/m/1 b/n/3 c/m/2'], 'the groups before it are there');
  const rows = await rowsIn(path, optionsOf('qid', {}, { unsorted: true }));
  assert.deepEqual(rows.map(summary), ['0 q1 Hi: a/m/1 b/n/3 c/m/2 z/o/4', '1 q3 He: d/m/undefined e\nf/n/1']);
});

test('a row that cannot be read spoils its group; between two groups it spoils both', async () => {
  const bad = 'ragged\n';
  const [header, ...lines] = LONG.split(/(?<=\n)(?=q)/);
  const inside = newFile([header, lines[0], bad, ...lines.slice(1)].join(''));
  assert.deepEqual((await rowsIn(inside, optionsOf('qid'))).map(summary), [
    `E_TABLE: ${inside.slice(folder.length + 1)}, line 3 (row 0), byte 51: found 1 cells, expected 6 as in the header; write an empty cell for each missing value`,
    GROUPED[1],
    GROUPED[2],
  ]);
  const codes = async (content: string, unsorted = false) =>
    (await rowsIn(newFile(content), optionsOf('qid', {}, { unsorted }))).map((row) =>
      row instanceof RowError ? `${row.place.row} ${row.code}` : summary(row),
    );
  const between = [header, ...lines.slice(0, 2), bad, ...lines.slice(2)].join('');
  assert.deepEqual(await codes(between), ['0 E_TABLE', '1 E_TABLE', GROUPED[2]]);
  assert.deepEqual(await codes(between, true), [...GROUPED, '3 E_TABLE']);
  assert.deepEqual(await codes(header + bad + bad), ['0 E_TABLE']);
  assert.deepEqual(await codes(`${header}${bad}${lines.join('')}`), ['0 E_TABLE', ...GROUPED.slice(1)]);
});

test('errors of an answer are located at its row of the table', async () => {
  const of = async (content: string, options = optionsOf('qid')) =>
    (await rowsIn(newFile(content), options)).map(summary)[0].replace(/^(\w+): \d+\.csv/, '$1');
  assert.match(
    await of(LONG.replace('q1,Hi,b', 'q1,Ho,b')),
    /^E_PROMPT, line 3 \(row 0\), byte 51, field prompt: differs .*\(line 2, byte 37\)/,
  );
  assert.match(
    await of(LONG.replace('n,1', 'n,good')),
    /^E_LABEL, line 3 \(row 0\), byte 51, field score: found the string "good"/,
  );
  assert.match(await of(LONG.replace(',b,', ',,')), /^E_ANSWER, line 3 \(row 0\), byte 51, field response: found null/);
  assert.match(
    await of(LONG.replace('q1,Hi,b', ',Hi,b')),
    /^E_FIELD, line 3 \(row 0\), byte 51, field qid: found null/,
  );
  assert.match(await of(LONG, optionsOf('id')), /field id: found nothing, .*the row has qid, /);
  assert.match(
    await of(LONG, optionsOf('qid', {}, { most: 1 })),
    /^E_ANSWERS, line 2 .*found 2 rows of one group, .*--max-answers/,
  );
  const source = LONG.replace(',note', ',source').replace(',x', ',web').replace(',y', ',book');
  assert.match(await of(source), /^E_FIELD, line 3 .*field source: differs/);
});

test('a number that JSON lacks is an error on the disk too, and a large integer keeps its digits', async () => {
  const path = join(folder, 'numbers.parquet');
  const database = await openDuckDb();
  const query = `SELECT * FROM (VALUES ('a', 1::DOUBLE, 9007199254740993), ('b', 'nan'::DOUBLE, 1)) AS t(q, score, big)`;
  await database.run(
    `COPY (SELECT *, 'p' AS prompt, 'x' AS answer FROM (${query})) TO ${sqlText(path)} (FORMAT parquet)`,
  );
  database.close();
  for (const unsorted of [false, true]) {
    const [row, bad] = await rowsIn(path, optionsOf('q', {}, { unsorted }));
    assert.ok(row && !(row instanceof RowError));
    assert.deepEqual(row.record.answers, [{ score: 1, big: 9007199254740993n, answer: 'x' }]);
    assert.match(String(bad), /E_LABEL: .*record 1 \(row 1\), field score: found NaN/);
  }
});

test('groups that an earlier run has done are not made again', async () => {
  const inputs = await openInputs([newFile(LONG)]);
  const rows = await collect(readRemainingRows(inputs, optionsOf('qid'), (index) => index !== 1));
  assert.deepEqual(
    rows.map((row) => ('answers' in row ? summary(row) : row.constructor.name)),
    ['DoneRow', GROUPED[1], 'DoneRow'],
  );
});

test('the disk is left as it was, also when the rows are left early', async () => {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = tempFolder();
  try {
    const inputs = await openInputs([newFile(LONG)]);
    for await (const _ of readRows(inputs, optionsOf('qid', {}, { unsorted: true }))) {
      assert.match(readdirSync(process.env.TMPDIR).join(), /^starling-rm-groups-\w+$/);
      break;
    }
    assert.deepEqual(readdirSync(process.env.TMPDIR), []);
    process.env.TMPDIR = join(process.env.TMPDIR, 'none');
    await assert.rejects(rowsIn(newFile(LONG), optionsOf('qid', {}, { unsorted: true })), { code: 'E_RESOURCES' });
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
});

test('shuffled rows in thousands of groups are gathered in the order of the first of each', async () => {
  const random = Xoshiro128.seeded(3);
  const rows = Array.from({ length: 6000 }, (_, i) => ({
    g: `group ${i % 2000}`,
    prompt: `p${i % 2000}`,
    answer: `${i}`,
  }));
  for (let i = rows.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [rows[i], rows[j]] = [rows[j], rows[i]];
  }
  const expected = new Map<string, string[]>();
  for (const { g, answer } of rows) expected.set(g, [...(expected.get(g) ?? []), answer]);
  const path = newFile(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), 'jsonl');
  const found = await rowsIn(path, optionsOf('g', {}, { unsorted: true }));
  assert.deepEqual(
    found.map((row) => (row instanceof RowError ? row : [row.id, row.answers.map(({ text }) => text)])),
    [...expected],
  );
});

test('seen groups are remembered with their places, however many', () => {
  const seen = new SeenGroups();
  const place = (i: number) => (i % 2 === 0 ? { file: `f${i % 3}`, line: i + 1 } : { file: `f${i % 3}`, record: i });
  for (let i = 0; i < 5000; i++) assert.equal(seen.add(`key ${i}`, place(i)), undefined);
  for (let i = 0; i < 5000; i++) assert.deepEqual(seen.add(`key ${i}`, { line: 1 }), place(i));
});

test('rows of one answer and one prompt look like a long table', async () => {
  const told = async (content: string) => {
    let count = 0;
    const rows = readRows(await openInputs([newFile(content, 'jsonl')]), LIMITS);
    await collect(watchedForLongTable(rows, () => count++));
    return count;
  };
  const one = (prompt: string) => `${JSON.stringify({ prompt, response: 'x' })}\n`;
  assert.equal(await told(one('a').repeat(9)), 1);
  assert.equal(await told((one('a') + one('b')).repeat(9)), 0);
  assert.equal(await told(one('a').repeat(3)), 0);
  assert.equal(await told(`${JSON.stringify({ prompt: 'a', answers: ['x', 'y'] })}\n`.repeat(9)), 0);
});
