import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { RowError } from '../../../src/contracts/errors.js';
import { jsonText } from '../../../src/json/json-text.js';
import { LIMITS, openInputs } from '../../../src/read/inputs/inputs.js';
import { readRows } from '../../../src/read/rows.js';
import { type Database, openDuckDb, sqlName, sqlText } from '../../../src/tables/duckdb.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { lines, run } from '../run.js';
import { SAME_ROWS_TYPES, sameRows } from './same-rows.js';

/** A Python with the packages of test/oracles/requirements.txt. */
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';

const ROWS = sameRows(300);

/** Rows per row group, and whether dictionaries are used where that is smaller. */
const PARQUETS: readonly [number, string][] = [
  [1, 'COMPRESSION snappy'],
  [1, 'COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 1'],
  [7, 'COMPRESSION zstd'],
  [7, 'COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1'],
  [300, 'COMPRESSION snappy'],
  [300, 'COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 1'],
  [300, 'COMPRESSION lz4, PARQUET_VERSION v2'],
];

/** Rows in files with one row per row group, which are slow to read; the same number as in test/cli/score/same_rows.py. */
const FEW = 60;
/** Rows that are also scored, in some formats only: a ranking depends on the row and not on its format. */
const SCORED = 30;

const folder = tempFolder();
const rowsFile = join(folder, 'rows.jsonl');
const model = byteModel();
let expected: string[] = [];
let expectedRankings = '';

before(async () => {
  writeFileSync(rowsFile, ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''));
  expected = await rowsIn(rowsFile);
  assert.equal(expected.length, ROWS.length);
  expectedRankings = await rankings(rowsFile);
  assert.equal(lines(expectedRankings).length, SCORED);
});

/** All that rankings are made of and `--keep` copies, as a line of JSON. */
async function rowsIn(file: string): Promise<string[]> {
  const read: string[] = [];
  for await (const row of readRows(await openInputs([file]), LIMITS)) {
    assert.ok(!(row instanceof RowError), String(row));
    const { place: _, ...content } = row;
    read.push(jsonText(content));
  }
  return read;
}

async function rankings(file: string): Promise<string> {
  const flags = ['--keep', '-q', '--limit', String(SCORED), '-m', await model];
  const { code, stdout, stderr } = await run(['score', file, ...flags]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, file);
  return stdout;
}

async function haveTheSameRows(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const found = await rowsIn(join(folder, name));
    assert.equal(found.length, /^(duckdb|pyarrow)-1-/.test(name) ? FEW : ROWS.length, name);
    for (const [i, row] of found.entries()) assert.equal(row, expected[i], `${name}, row ${i}`);
  }
}

async function haveTheSameRankings(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    const found = lines(await rankings(join(folder, name)));
    for (const [i, line] of lines(expectedRankings).entries()) assert.equal(found[i], line, `${name}, row ${i}`);
    assert.equal(found.length, SCORED, name);
  }
}

/** DuckDB writes a row group for each part of a union that has as many rows as a group may have. */
async function writeParquets(): Promise<string[]> {
  const columns = Object.entries(SAME_ROWS_TYPES).map(([column, type]) => `${sqlName(column)}: ${sqlText(type)}`);
  const database = await openDuckDb();
  const rows = `read_json(${sqlText(rowsFile)}, format = 'newline_delimited', columns = {${columns}})`;
  await database.run(`CREATE TABLE rows AS SELECT * FROM ${rows}`);
  const names: string[] = [];
  for (const [size, options] of PARQUETS) {
    const count = size === 1 ? FEW : ROWS.length;
    const starts = Array.from({ length: Math.ceil(count / size) }, (_, group) => group * size);
    const parts = starts.map((start) => `SELECT * FROM rows WHERE rowid BETWEEN ${start} AND ${start + size - 1}`);
    const file = join(folder, `duckdb-${size}-${names.length}.parquet`);
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

test('text and Parquet by DuckDB give the same rows and, byte for byte, the same rankings', async () => {
  writeFileSync(join(folder, 'rows.jsonl.gz'), gzipSync(ROWS.map((row) => `${JSON.stringify(row)}\r\n`).join('')));
  writeFileSync(join(folder, 'rows.json'), JSON.stringify(ROWS, null, 1));
  const parquets = await writeParquets();
  assert.equal(parquets.length, PARQUETS.length);
  await haveTheSameRows(['rows.jsonl.gz', 'rows.json', ...parquets]);
  await haveTheSameRankings('rows.json', parquets[3]);
});

test('Zstandard, and Parquet and Arrow by pyarrow, pandas and polars, give them too', {
  skip: skipWithoutPyarrow(),
}, async () => {
  const { status, stderr } = spawnSync(PYTHON, [join(ROOT, 'test/cli/score/same_rows.py'), folder], {
    encoding: 'utf8',
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  const made = readdirSync(folder).filter((name) => /^(pyarrow-.*|polars|pandas|large)\.\w+$/.test(name));
  assert.equal(made.length, 6 + 6 + 3);
  await haveTheSameRows(['rows.jsonl.zst', ...made]);
  await haveTheSameRankings(
    'rows.jsonl.zst',
    'pyarrow-7-dictionary-zstd.parquet',
    'pyarrow-lz4-stream.arrow',
    'large.arrow',
  );
});

function skipWithoutPyarrow(): string | false {
  const { status } = spawnSync(PYTHON, ['-c', 'import pandas, polars, pyarrow']);
  return status !== 0 && `NOT TESTED: ${PYTHON} lacks the packages of test/oracles/requirements.txt`;
}
