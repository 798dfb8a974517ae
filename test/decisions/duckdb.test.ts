import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DuckDBConnection, DuckDBInstance, DuckDBStructValue, DuckDBValue } from '@duckdb/node-api';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';

// Set before the library is loaded, as it reads the time zone only once.
process.env.TZ = 'Asia/Tokyo';

let instance: DuckDBInstance;
let connection: DuckDBConnection;

before(async () => {
  const library = await import('@duckdb/node-api');
  instance = await library.DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
});

after(() => {
  connection.closeSync();
  instance.closeSync();
});

async function valueIn(sql: string): Promise<DuckDBValue> {
  const [[value]] = (await connection.runAndReadAll(sql)).getRows();
  return value;
}

test('DuckDB drops a byte order mark at the beginning of a text', async () => {
  assert.equal(await valueIn("select '\uFEFFa'"), 'a');
});

test('DuckDB puts the fields of a struct into an object by their names: 1 comes first, __proto__ is lost', async () => {
  const { entries } = (await valueIn("select {'b': 1, '1': 2, '__proto__': 3}")) as DuckDBStructValue;
  assert.deepEqual(Object.keys(entries), ['1', 'b']);
});

test('DuckDB writes a point in time of UTC in the zone of the machine', async () => {
  assert.equal(`${await valueIn("select timestamptz '2024-01-01 00:00:00+00'")}`, '2024-01-01 09:00:00+09');
});

test('DuckDB numbers columns of a file whose names differ only in case', async () => {
  const file = join(tempFolder(), 'names.parquet');
  await connection.run(`copy (select 1 as same1, 2 as same2) to '${file}' (format parquet, compression uncompressed)`);
  const bytes = readFileSync(file);
  for (const [written, name] of [
    ['same1', 'Names'],
    ['same2', 'names'],
  ]) {
    for (let at = bytes.indexOf(written); at !== -1; at = bytes.indexOf(written)) bytes.write(name, at);
  }
  writeFileSync(file, bytes);
  assert.deepEqual((await connection.stream(`from '${file}'`)).columnNames(), ['Names', 'names_1']);
});

test('DuckDB ends a stream without an error where the query fails after its first rows', async () => {
  const rows = 200_000;
  const sql = `select case when i = ${rows / 2} then error('late') else 'x' end from range(${rows}) t(i)`;
  const result = await connection.stream(sql);
  let seen = 0;
  for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk())
    seen += chunk.rowCount;
  assert.ok(seen > 0 && seen < rows, `${seen}`);
});

test('DuckDB holds the bytes of a chunk where the collector does not see them', async () => {
  const bytes = 2048 * 20_000;
  const result = await connection.stream("select repeat('x', 20000) || i from range(2048) t(i)");
  const before = process.memoryUsage().external;
  const chunk = await result.fetchChunk();
  assert.equal(chunk?.rowCount, 2048);
  assert.ok(process.memoryUsage().external - before < bytes / 2);
});

test('DuckDB spills into the working directory unless it is forbidden', async () => {
  assert.equal(await valueIn("select current_setting('temp_directory')"), '.tmp');
});

test('DuckDB reads over the CRC-32 of a Parquet page', async () => {
  const bytes = readFileSync(join(ROOT, 'test/read/records/parquet/parquet-pages/v1-plain.parquet'));
  bytes.write('ho', bytes.indexOf('hi 45'));
  const file = join(tempFolder(), 'damaged.parquet');
  writeFileSync(file, bytes);
  assert.equal(await valueIn(`select count(*) from '${file}' where prompt like 'ho%'`), 1n);
});
