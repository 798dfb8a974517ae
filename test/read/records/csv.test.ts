import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RowError, StarlingError } from '../../../src/contracts/errors.js';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { LIMITS, openInputs } from '../../../src/read/inputs/inputs.js';
import { tableRows } from '../../../src/read/records/csv/csv.js';
import { type RowOptions, readRows } from '../../../src/read/rows.js';
import { openDuckDb, sqlText } from '../../../src/tables/duckdb.js';
import { tempFolder } from '../../temp-folder.js';
import { collect } from '../collect.js';

const folder = tempFolder();
let files = 0;

function newFile(content: string | Buffer, ending = 'csv'): string {
  const path = join(folder, `${files++}.${ending}`);
  writeFileSync(path, content);
  return path;
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Read {
  line?: number;
  byte?: number;
  cells: unknown[] | string;
}

/** The records of a table that arrives in pieces of `size` bytes. */
async function recordsOf(table: string | Buffer, format: 'csv' | 'tsv' = 'csv', size = 7): Promise<Read[]> {
  const found: Read[] = [];
  const { batches, count } = tableRows(inPieces(Buffer.from(table), size), 0, 'f', format, { maxLineBytes: 200 });
  for await (const batch of batches) {
    for (const raw of batch) {
      assert.equal(raw.position, found.length);
      const { line, byte } = raw.place;
      try {
        found.push({ line, byte, cells: Object.values(raw.value({ ...raw.place, row: raw.position }) as object) });
      } catch (error) {
        assert.ok(error instanceof RowError);
        found.push({ line, byte, cells: error.code });
      }
    }
  }
  assert.equal(count(), found.length);
  return found;
}

const cellsOf = async (...from: Parameters<typeof recordsOf>) => (await recordsOf(...from)).map(({ cells }) => cells);

test('quotes, separators and line ends in cells; an empty cell is null, an empty text is quoted', async () => {
  const table = 'a,b\r\n"x, ""y""\r\nz",\r\n\r\n"",5" pipe\n,"\n"\n"","end"';
  for (const size of [1, 2, 3, 100]) {
    assert.deepEqual(await recordsOf(table, 'csv', size), [
      { line: 2, byte: 5, cells: ['x, "y"\r\nz', null] },
      { line: 5, byte: 23, cells: ['', '5" pipe'] },
      { line: 6, byte: 34, cells: [null, '\n'] },
      { line: 8, byte: 39, cells: ['', 'end'] },
    ]);
  }
});

test('tabs and semicolons separate cells, by the header', async () => {
  assert.deepEqual(await cellsOf('a\tb\n"x\ty"\tz, z\n', 'tsv'), [['x\ty', 'z, z']]);
  assert.deepEqual(await cellsOf('a;b\n"x;y";1,5\n'), [['x;y', '1,5']]);
  assert.deepEqual(await cellsOf('a\tb\nx\ty\n'), [['x', 'y']]);
  assert.deepEqual(await cellsOf('"a;b",c\nx;y,z\n'), [['x;y', 'z']]);
  assert.deepEqual(await cellsOf('only\nx;y\n'), [['x;y']]);
});

test('a row of another length and a misplaced quote are errors of that row alone', async () => {
  assert.deepEqual(await cellsOf('a,b\n1\n1,2\n1,2,3\n"x"y,2\n"x" ,2\n"x",2\n'), [
    'E_TABLE',
    ['1', '2'],
    'E_TABLE',
    'E_TABLE',
    'E_TABLE',
    ['x', '2'],
  ]);
});

test('a record that is too long is an error, and the next one is read', async () => {
  const long = `"${'x\n'.repeat(300)}",2`;
  const found = await recordsOf(`a,b\n${long}\n3,4\n`);
  assert.deepEqual(found, [
    { line: 2, byte: 4, cells: 'E_LINE_TOO_LONG' },
    { line: 303, byte: 4 + long.length + 1, cells: ['3', '4'] },
  ]);
});

test('bytes that are no UTF-8 are an error of their row', async () => {
  assert.deepEqual(await cellsOf(Buffer.from('a,b\nx,caf\xe9\ny,z\n', 'latin1')), ['E_UTF8', ['y', 'z']]);
});

for (const [title, table, says] of [
  ['a name twice', 'a,b,a\n1,2,3\n', /line 1, field a: this name occurs twice/],
  ['a misplaced quote in the header', '"a"b,c\n', /line 1: the header is not valid/],
  ['a quote that is never closed', 'a,b\n1,2\n3,"4\n5,6\n', /line 3: a double quote .* never closed/],
  ['line ends of old Macs', 'a,b\r1,2\r', /line 1: lines end with a carriage return alone/],
  ['a header in Latin-1', Buffer.from('caf\xe9,b\n', 'latin1'), /line 1: the header is not UTF-8; .*iconv/],
  ['a header beyond the limit', `${'x'.repeat(300)},b\n`, /line 1: the header line is too long/],
] as const) {
  test(`the run ends: ${title}`, async () => {
    await assert.rejects(recordsOf(table), (error) => {
      assert.ok(error instanceof StarlingError && error.code === 'E_READ');
      assert.match(String(error), says);
      return true;
    });
  });
}

test('a table is read as DuckDB reads it', async () => {
  const random = Xoshiro128.seeded(5);
  const parts = ['a', 'é', ',', '"', '\n', '\r\n', ' ', ';', '\t', '0', '\ufeff', "'", '\\'];
  const text = () => Array.from({ length: random.below(6) }, () => parts[random.below(parts.length)]).join('');
  const cell = (value: string | null) => {
    if (value === null) return '';
    return value === '' || /[",\r\n]/.test(value) || random.below(2) === 0 ? `"${value.replaceAll('"', '""')}"` : value;
  };
  const rows = Array.from({ length: 500 }, () => [0, 1, 2].map(() => (random.below(6) === 0 ? null : text())));
  // A line with nothing on it is no record.
  const table = ['x,y,z', ...rows.map((row) => row.map(cell).join(','))].map((line) => `${line}\n`).join('');
  const ours = await cellsOf(table, 'csv', 61);
  assert.deepEqual(ours, rows);
  const database = await openDuckDb();
  const sql = `SELECT * FROM read_csv(${sqlText(newFile(table))}, header = true, delim = ',', quote = '"', escape = '"',
    columns = {'x': 'VARCHAR', 'y': 'VARCHAR', 'z': 'VARCHAR'}, auto_detect = false, allow_quoted_nulls = false, new_line = '\\n')`;
  const theirs: unknown[] = [];
  for await (const chunk of database.stream(sql)) theirs.push(...chunk.rows);
  database.close();
  assert.deepEqual(theirs, rows);
});

async function rowsIn(path: string, options: Partial<RowOptions> = {}) {
  return collect(readRows(await openInputs([path]), { ...LIMITS, ...options }));
}

const TABLE = `id,prompt,response_a,response_b,winner,model_a,model_b,turns,good_natured
7,"Hi,
you",x,"y ""z""",B,m,,1,True
08,=1+1,,,tie,m,n,x,no
`;

test('cells are text, except labels, numbers and flags; packed tables and tables with a byte order mark are read too', async () => {
  for (const path of [
    newFile(TABLE),
    newFile(`\ufeff${TABLE}`),
    newFile(gzipSync(TABLE), 'csv.gz'),
    newFile(TABLE.replaceAll('\n', '\r\n').replace('Hi,\r\n', 'Hi,\n'), 'CSV'),
  ]) {
    const [row, bad] = await rowsIn(path);
    assert.ok(row && !(row instanceof RowError), String(row));
    assert.deepEqual(
      { id: row.id, turns: row.turns, goodNatured: row.goodNatured, place: row.place.line },
      { id: '7', turns: 1, goodNatured: true, place: 2 },
    );
    assert.deepEqual(row.answers, [
      { model: 'm', rank: 2, text: 'x' },
      { rank: 1, text: 'y "z"' },
    ]);
    assert.ok(bad instanceof RowError);
    assert.match(String(bad), /E_ANSWERS?: .*line 4 \(row 1\), byte \d+, /);
    assert.equal(bad.id, '08');
  }
});

test('a label that the user names is a number; lists of known fields are JSON', async () => {
  const path = newFile('prompt,answers,quality\nHi,"[""x"",""y""]",\nHo,"[""x""]",1.5e1\nHe,"[""x""]",high\n');
  const [none, one, bad] = await rowsIn(path, { fields: { label: 'quality' }, numbers: new Set(['quality']) });
  assert.ok(none && one && 'answers' in none && 'answers' in one);
  assert.deepEqual(none.answers, [{ text: 'x' }, { text: 'y' }]);
  assert.deepEqual(one.answers, [{ text: 'x', score: 15, rank: 1 }]);
  assert.match(String(bad), /E_LABEL: .*field quality: found the string "high"/);
});

test('standard input and files of other names are tables by --input-format', async () => {
  const path = newFile('prompt,response\nHi,x\n', 'txt');
  const [error] = await rowsIn(path);
  assert.match(String(error), /E_JSON.*--input-format csv or tsv/);
  const [row] = await rowsIn(path, { format: 'csv' });
  assert.ok(row && !(row instanceof RowError));
  await assert.rejects(rowsIn(newFile(TABLE), { where: 'true' }), { code: 'E_USAGE' });
});
