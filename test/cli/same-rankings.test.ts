import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Database, openDuckDb, sqlName, sqlText } from '../../src/duckdb.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { byteModel } from './byte-model.js';
import { lines, run } from './run.js';
import { SAME_ROWS_TYPES, sameRows } from './same-rows.js';

/** With the packages of test/oracles/requirements.txt. */
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';

const ROWS = sameRows(300);

/** Rows of a row group, and how it is written: with a dictionary where that is smaller, or without. */
const PARQUETS: readonly [number, string][] = [
  [1, 'COMPRESSION snappy'],
  [1, 'COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 1'],
  [7, 'COMPRESSION zstd'],
  [7, 'COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1'],
  [300, 'COMPRESSION snappy'],
  [300, 'COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 1'],
  [300, 'COMPRESSION lz4, PARQUET_VERSION v2'],
];

const folder = tempFolder();
const rowsFile = join(folder, 'rows.jsonl');
const model = byteModel();
let expected = '';

before(async () => {
  writeFileSync(rowsFile, ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''));
  expected = await rankings(rowsFile);
  assert.equal(lines(expected).length, ROWS.length);
});

async function rankings(file: string, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(['score', file, '--keep', '-q', '-m', await model, ...flags]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, file);
  return stdout;
}

/** Two at a time: each run holds one thread. */
async function haveTheSame(names: readonly string[]): Promise<void> {
  const left = [...names];
  const one = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      const found = await rankings(join(folder, name), '--workers', '1', '--threads', '1');
      const differs = lines(found).findIndex((line, i) => line !== lines(expected)[i]);
      assert.ok(found === expected, `${name}: row ${differs}: ${lines(found)[differs]}`);
    }
  };
  await Promise.all([one(), one()]);
}

/** DuckDB writes a row group for each part of a union, if its rows are as many as a group may have. */
async function writeParquets(): Promise<string[]> {
  const columns = Object.entries(SAME_ROWS_TYPES).map(([column, type]) => `${sqlName(column)}: ${sqlText(type)}`);
  const database = await openDuckDb();
  const rows = `read_json(${sqlText(rowsFile)}, format = 'newline_delimited', columns = {${columns}})`;
  await database.run(`CREATE TABLE rows AS SELECT * FROM ${rows}`);
  const names: string[] = [];
  for (const [size, options] of PARQUETS) {
    const starts = Array.from({ length: Math.ceil(ROWS.length / size) }, (_, group) => group * size);
    const parts = starts.map((start) => `SELECT * FROM rows WHERE rowid BETWEEN ${start} AND ${start + size - 1}`);
    const file = join(folder, `duckdb-${names.length}.parquet`);
    const format = `FORMAT parquet, ROW_GROUP_SIZE ${size}, ${options}`;
    await database.run(`COPY (${parts.join(' UNION ALL ')}) TO ${sqlText(file)} (${format})`);
    assert.equal(
      await one(database, `SELECT num_row_groups FROM parquet_file_metadata(${sqlText(file)})`),
      starts.length,
    );
    names.push(basename(file));
  }
  database.close();
  return names;
}

async function one(database: Database, sql: string): Promise<unknown> {
  for await (const { rows } of database.stream(sql)) for (const [value] of rows) return value;
  return undefined;
}

test('rankings of the same rows are the same, byte for byte, from text and from Parquet by DuckDB', async () => {
  writeFileSync(join(folder, 'rows.jsonl.gz'), gzipSync(ROWS.map((row) => `${JSON.stringify(row)}\r\n`).join('')));
  writeFileSync(join(folder, 'rows.json'), JSON.stringify(ROWS, null, 1));
  await haveTheSame(['rows.jsonl.gz', 'rows.json', ...(await writeParquets())]);
});

test('and from Zstandard, and from Parquet and Arrow by pyarrow, pandas and polars', {
  skip: skipWithoutPyarrow(),
}, async () => {
  const { status, stderr } = spawnSync(PYTHON, [join(ROOT, 'test/cli/same_rows.py'), folder], { encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const made = readdirSync(folder).filter((name) => /^(pyarrow-.*|polars|pandas|large)\.\w+$/.test(name));
  assert.equal(made.length, 6 + 6 + 3);
  await haveTheSame(['rows.jsonl.zst', ...made]);
});

function skipWithoutPyarrow(): string | false {
  const { status } = spawnSync(PYTHON, ['-c', 'import pandas, polars, pyarrow']);
  return status !== 0 && `NOT TESTED: ${PYTHON} has not the packages of test/oracles/requirements.txt`;
}
