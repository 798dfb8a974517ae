import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RowError, StarlingError } from '../../src/contracts/errors.js';
import { sample } from '../../src/read/choose/sample.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { type RowOptions, readRows } from '../../src/read/rows.js';
import { openArrowEncoder } from '../../src/tables/arrow-reader.js';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';
import { SAMPLE } from '../root.js';
import { collect } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();
const LINES = readFileSync(SAMPLE, 'utf8').trimEnd().split('\n');
const RECORDS: Record<string, unknown>[] = LINES.map((line) => JSON.parse(line));

async function rowsIn(path: string, options: Partial<RowOptions> = {}) {
  return collect(readRows(await openInputs([path]), { ...LIMITS, ...options }));
}

/** The parts of a row that do not depend on the format. */
async function contents(path: string, options: Partial<RowOptions> = {}) {
  return (await rowsIn(path, options)).map((row) => {
    if (row instanceof RowError) return String(row);
    const { place: _, file: __, ...content } = row;
    return content;
  });
}

async function parquet(options: string, query = `SELECT * FROM read_json(${sqlText(SAMPLE)})`): Promise<string> {
  const file = folder.newPath().replace('.jsonl', '.parquet');
  const database = await openDuckDb();
  await database.run(`COPY (${query}) TO ${sqlText(file)} (FORMAT parquet${options})`);
  database.close();
  return file;
}

const ANSWER = {
  struct: new Map([
    ['answer', 'string'],
    ['model', 'string'],
    ['rank', 'double'],
  ] as const),
};

async function arrow(layout: 'stream' | 'file', batch: number): Promise<string> {
  const names = ['prompt', 'answers', 'turns', 'num_responses', 'source', 'good_natured', 'id', 'ranked_by'];
  const columns = [
    { name: 'prompt', type: 'string' },
    { name: 'answers', type: { list: ANSWER } },
    { name: 'turns', type: 'int64' },
    { name: 'num_responses', type: 'int64' },
    { name: 'source', type: { list: 'string' } },
    { name: 'good_natured', type: 'boolean' },
    { name: 'id', type: 'string' },
    { name: 'ranked_by', type: 'string' },
  ] as const;
  const encoder = await openArrowEncoder(columns, layout);
  const pieces: Uint8Array[] = [];
  for (let from = 0; from < RECORDS.length; from += batch) {
    pieces.push(encoder.batch(RECORDS.slice(from, from + batch).map((record) => names.map((name) => record[name]))));
  }
  return folder.file(Buffer.concat([...pieces, encoder.end()]));
}

test('the same data in every format gives the same rows', async () => {
  const expected = await contents(SAMPLE);
  assert.equal(expected.length, 28);
  const files = [
    folder.file(gzipSync(readFileSync(SAMPLE))),
    folder.file(JSON.stringify(RECORDS, null, 2)),
    folder.file(`\ufeff [${LINES.join(',\n')}]\n`),
    await parquet(', ROW_GROUP_SIZE 2048'),
    await parquet(', COMPRESSION zstd'),
    await parquet(', COMPRESSION uncompressed'),
    await arrow('stream', 1),
    await arrow('stream', 7),
    await arrow('file', 28),
  ];
  for (const file of files) assert.deepEqual(await contents(file), expected, file);
});

test('text in Arrow is unchanged: a leading byte order mark stays, and invalid UTF-8 is an error with its field', async () => {
  const struct = new Map([
    ['answer', 'string'],
    ['toString', 'string'],
    ['__proto__', 'string'],
    ['toJSON', 'string'],
  ] as const);
  const columns = [
    { name: 'prompt', type: 'string' },
    { name: 'answers', type: { list: { struct } } },
  ] as const;
  const encoder = await openArrowEncoder(columns, 'stream');
  const record = (answer: string) => [
    '\ufeffhi',
    ['first', answer].map((text) =>
      JSON.parse(`{"answer":${JSON.stringify(text)},"toString":"a","__proto__":"b","toJSON":"c"}`),
    ),
  ];
  const bytes = Buffer.concat([encoder.batch([record('\ufeff'), record('here: é'), record('last')]), encoder.end()]);
  bytes[bytes.indexOf('here: é') + 'here: '.length] = 0xff;
  const file = folder.file(bytes);
  const [marked, bad, last] = await rowsIn(file);
  assert.ok(marked && !(marked instanceof RowError));
  assert.equal(marked.conversation[0].text, '\ufeffhi');
  assert.equal(marked.answers[1].text, '\ufeff');
  assert.deepEqual(Object.entries((marked.record.answers as object[])[0]), [
    ['answer', 'first'],
    ['toString', 'a'],
    ['__proto__', 'b'],
    ['toJSON', 'c'],
  ]);
  assert.ok(bad instanceof RowError);
  assert.equal(bad.code, 'E_UTF8');
  assert.deepEqual(bad.place, { file, record: 1, row: 1, field: 'answers[1].answer' });
  assert.match(bad.message, /at byte 6 of the text/);
  assert.equal(last && 'index' in last && last.index, 2);
});

test('damaged Arrow never gives made-up rows, nor silently fewer rows', async () => {
  const columns = [
    { name: 'prompt', type: 'string' },
    { name: 'answers', type: { list: ANSWER } },
    { name: 'turns', type: 'int64' },
    { name: 'good_natured', type: 'boolean' },
  ] as const;
  const encoder = await openArrowEncoder(columns, 'stream');
  const batch = () => Buffer.from(encoder.batch([['hi', [{ answer: 'a', model: null, rank: 1 }], 1, true]]));
  const [first, second, third] = [batch(), batch(), batch()];
  const end = Buffer.from(encoder.end());
  const outcome = async (...parts: Buffer[]) => {
    const seen: string[] = [];
    try {
      for await (const row of readRows(await openInputs([folder.file(Buffer.concat(parts))]), LIMITS)) {
        seen.push(row instanceof RowError ? 'bad' : 'row');
      }
    } catch (error) {
      assert.ok(error instanceof StarlingError, String(error));
      seen.push(`${error.code} ${error.message}`);
    }
    return seen;
  };
  assert.deepEqual(await outcome(first, second, third, end), ['row', 'row', 'row']);
  const endsEarly = Buffer.from(second);
  endsEarly.fill(0, 4, 8);
  for (const parts of [
    [first, second, end, Buffer.from('{')],
    [first, second, end, third, end],
    [first, second, endsEarly, third, end],
  ]) {
    const [one, two, error, ...more] = await outcome(...parts);
    assert.deepEqual([one, two, ...more], ['row', 'row']);
    assert.match(error, /^E_READ .*after 2 rows \(other bytes follow its end mark\)/);
  }
  const body = 8 + second.readInt32LE(4);
  let errors = 0;
  for (let at = body; at < second.length; at++) {
    const damaged = Buffer.from(second);
    damaged[at] ^= 1 << (at % 8);
    const seen = await outcome(first, damaged, third, end);
    assert.ok(seen.length === 3 || seen[1].startsWith('E_READ'), `byte ${at}: ${seen}`);
    errors += Number(seen[1] !== 'row');
  }
  assert.ok(errors > 20, `${errors}`);
});

test('--where selects rows of Parquet, which keep their index; an invalid condition is misuse', async () => {
  const file = await parquet('');
  const rows = await rowsIn(file, { where: "source[1] = 'code' -- all of them" });
  assert.deepEqual(
    rows.map((row) => (row instanceof RowError ? row : row.index)),
    RECORDS.flatMap(({ source }, i) => ((source as string[])[0] === 'code' ? [i] : [])),
  );
  const second = collect(readRows(await openInputs([file, file]), { ...LIMITS, where: "id = 'sample-03'" }));
  assert.deepEqual(
    (await second).map((row) => 'index' in row && row.index),
    [2, 30],
  );
  await assert.rejects(rowsIn(file, { where: 'no_such_column = 1' }), {
    code: 'E_USAGE',
    message: /--where: .*no_such_column/,
  });
  await assert.rejects(rowsIn(SAMPLE, { where: 'true' }), { code: 'E_USAGE' });
});

test('folders and patterns stand for their data files, sorted by name', async () => {
  const data = join(folder.path, 'shards');
  mkdirSync(join(data, '.cache'), { recursive: true });
  for (const [i, name] of ['b.jsonl', 'a.jsonl', '_SUCCESS', 'notes.txt', '.cache/c.jsonl'].entries()) {
    writeFileSync(join(data, name), `{"prompt":"p${i}","answers":["x"]}\n`);
  }
  const names = async (path: string) => (await openInputs([path])).map(({ name }) => name.slice(data.length + 1));
  assert.deepEqual(await names(data), ['a.jsonl', 'b.jsonl']);
  assert.deepEqual(await names(join(data, '*.jsonl')), ['a.jsonl', 'b.jsonl']);
  await assert.rejects(openInputs([join(data, '*.parquet')]), { code: 'E_NO_INPUT' });
});

test('a key may occur in several objects, and in texts', async () => {
  const line = '{"prompt":"a \\"b\\": {\\"b\\"","answers":["a"],"b":{"a":1},"c":{"a":1}}';
  const [row] = await rowsIn(folder.file(line));
  assert.ok(row && !(row instanceof RowError), String(row));
});

test('a sample is uniform, in input order, independent of the format, and part of any larger one', async () => {
  async function* numbers() {
    for (let i = 0; i < 60; i++) yield { i };
  }
  const counts = new Array<number>(60).fill(0);
  for (let seed = 0; seed < 3000; seed++) {
    const drawn = (await collect(sample(numbers(), 6, seed))).map((item) => (item instanceof RowError ? -1 : item.i));
    assert.deepEqual(
      drawn,
      [...drawn].sort((a, b) => a - b),
    );
    for (const i of drawn) counts[i]++;
  }
  // Each row is drawn 300 times on average, with a standard deviation of 16.4.
  for (const count of counts) assert.ok(Math.abs(count - 300) < 5 * 16.5, `${count}`);
  const small = await collect(sample(numbers(), 5, 1));
  const large = await collect(sample(numbers(), 20, 1));
  for (const item of small) assert.ok(large.some((other) => JSON.stringify(other) === JSON.stringify(item)));
  assert.equal((await collect(sample(numbers(), 100, 1))).length, 60);
});
