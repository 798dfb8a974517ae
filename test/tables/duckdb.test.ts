import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { type Database, type DuckDbValue, openDuckDb, sqlFile, sqlName, sqlText } from '../../src/tables/duckdb.js';
import { LIMIT } from '../limit.js';
import { tempFolder } from '../temp-folder.js';

async function withDatabase<Result>(use: (database: Database) => Promise<Result>): Promise<Result> {
  const database = await openDuckDb();
  try {
    return await use(database);
  } finally {
    database.close();
  }
}

/** The first row. */
async function values(sql: string, ...parameters: string[]): Promise<Record<string, DuckDbValue>> {
  return withDatabase(async (database) => {
    for await (const { columns, rows } of database.stream(sql, parameters)) {
      const [row] = rows;
      return Object.fromEntries(columns.map((column, i) => [column, row[i]]));
    }
    return {};
  });
}

test('values have the types of JSON: exact numbers, lists, objects, and text for all others', async () => {
  const found = await values(`select 5::bigint as small, 12345678901234567890::hugeint as big, 0.25::double as half,
    1.5 as deci, 123456789012345678.12::decimal(20, 2) as exact, true as flag, null as lacking, 'é' as txt, '\uFEFFmark' as marked,
    '2024-01-01' as dateish, [1, null]::int[] as list, [1, 2]::int[2] as fixed, {a: 1, b: {c: [{d: 'x'}]}} as nested,
    map {'k': 1} as keyed, union_value(n := 2) as either, date '2024-01-01' as day, timestamp '2024-01-01 01:02:03' as ts,
    'd2d0c0de-0000-4000-8000-000000000000'::uuid as id, 'ab'::blob as bytes, '\\xFF\\x00'::blob as bin, '[1]'::json as js`);
  assert.deepEqual(found, {
    small: 5,
    big: 12345678901234567890n,
    half: 0.25,
    deci: 1.5,
    exact: '123456789012345678.12',
    flag: true,
    lacking: null,
    txt: 'é',
    marked: '\uFEFFmark',
    dateish: '2024-01-01',
    list: [1, null],
    fixed: [1, 2],
    nested: { a: 1, b: { c: [{ d: 'x' }] } },
    keyed: [{ key: 'k', value: 1 }],
    either: 2,
    day: '2024-01-01',
    ts: '2024-01-01 01:02:03',
    id: 'd2d0c0de-0000-4000-8000-000000000000',
    bytes: 'ab',
    bin: '/wA=',
    js: '[1]',
  });
});

test('parameters, quoted texts and quoted names keep their values', async () => {
  const odd = `it's "x"; --`;
  assert.deepEqual(await values(`select ? p, ${sqlText(odd)} t, 1 ${sqlName(odd)}`, odd), { p: odd, t: odd, [odd]: 1 });
});

test('rows come in order, a chunk at a time, and leaving early ends the query', async () => {
  await withDatabase(async (database) => {
    let count = 0;
    for await (const { rows, count: size } of database.stream('select i from range(300000) t(i)')) {
      assert.ok(size < 10_000);
      for (const [i] of rows) assert.equal(i, count++);
    }
    assert.equal(count, 300_000);
    for await (const { rows } of database.stream('select i from range(1e15::bigint) t(i)')) {
      assert.equal([...rows][0][0], 0);
      break;
    }
  });
});

test('an abort ends a query that has not given a row, without an error', LIMIT, async () => {
  await withDatabase(async (database) => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 50);
    const endless = 'select count(*) from range(1e9::bigint) a(i), range(1e9::bigint) b(j) where (i * j) % 7 = 3';
    for await (const _ of database.stream(endless, [], abort.signal)) assert.fail('the endless query gave rows');
    for await (const _ of database.stream('select 1', [], abort.signal)) assert.fail('aborted before it began');
  });
});

test('an error is one line without the SQL', async () => {
  const message = (sql: string) =>
    values(sql).then(
      () => 'no error',
      (error: Error) => error.message,
    );
  assert.equal(await message('selec 1'), 'Parser Error: syntax error at or near "selec"');
  assert.equal(
    await message("from read_parquet('/no/such/file')"),
    'IO Error: No files found that match the pattern "/no/such/file"',
  );
  assert.equal(await message("select error('a') from range(3)"), 'Invalid Input Error: a');
});

test('no extension is loaded and nothing is spilled: a query that needs more memory fails', async () => {
  const refused = await values("select count(*) from 'https://localhost:1/x.parquet'").catch((error: Error) => error);
  assert.match(`${refused}`, /httpfs/);
  const { HOME, TMPDIR } = process.env;
  const home = tempFolder();
  Object.assign(process.env, { HOME: home, TMPDIR: tempFolder() });
  try {
    const database = await openDuckDb({ threads: 2, memory: 96 });
    const spilling = 'create table t as select hash(i) h, repeat(i::text, 9) s from range(2000000) r(i) order by h';
    await assert.rejects(database.run(spilling), /^Error: Out of Memory Error/);
    assert.deepEqual(await readdir(tmpdir()), []);
    database.close();
  } finally {
    for (const [name, value] of Object.entries({ HOME, TMPDIR })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  assert.deepEqual(await readdir(home), []);
});

test('a database that is opened for one file reads only that file and writes none', async () => {
  const folder = tempFolder();
  const [only, other] = ["it's [1] *.parquet", 'other.parquet'].map((name) => join(folder, name));
  await withDatabase(async (database) => {
    for (const file of [only, other]) await database.run(`copy (select 1 as i) to ${sqlText(file)} (format parquet)`);
  });
  const database = await openDuckDb({ threads: 1, memory: 64, only });
  for await (const { rows } of database.stream(`select i from read_parquet(${sqlFile(only)})`)) {
    assert.deepEqual([...rows], [[1]]);
  }
  for (const sql of [
    `from read_parquet(${sqlFile(other)})`,
    `from read_text(${sqlFile(other)})`,
    `from glob(${sqlText(join(folder, '*'))})`,
    `copy (select 1) to ${sqlText(join(folder, 'new.csv'))}`,
    `attach ${sqlText(join(folder, 'new.db'))}`,
    'install httpfs',
    'set enable_external_access = true',
    "set temp_directory = '/tmp'",
  ]) {
    await assert.rejects(database.run(sql), /disabled by configuration|has been locked/, sql);
  }
  database.close();
  assert.deepEqual((await readdir(folder)).sort(), [only, other].map((path) => basename(path)).sort());
});
