import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StarlingError } from '../../src/contracts/errors.js';
import { formatOf, requireLines } from '../../src/write/format.js';

test('--format sets the format, else the name of the file, else it is JSONL', () => {
  const named = [
    'r.jsonl',
    'r.ndjson',
    'r.json',
    'r',
    '-',
    'a.tsv/r',
    '/dev/fd/63',
    undefined,
    'r.TSV',
    'r.csv',
    'a.b.parquet',
  ];
  assert.deepEqual(
    named.map((name) => formatOf(name)),
    [...Array(8).fill('jsonl'), 'tsv', 'csv', 'parquet'],
  );
  for (const name of ['r.arrow', 'r.feather', 'r.ipc']) assert.equal(formatOf(name), 'arrow');
  assert.equal(formatOf('r.parquet', 'tsv'), 'tsv');
});

test('a name with a compression ending is refused, with and without --format', () => {
  for (const [name, program] of [
    ['r.jsonl.gz', 'gzip'],
    ['r.parquet.zst', 'zstd'],
    ['r.bz2', 'bzip2'],
    ['r.tsv.XZ', 'xz'],
  ]) {
    assert.throws(
      () => formatOf(name, 'jsonl'),
      (error) =>
        error instanceof StarlingError && error.code === 'E_USAGE' && error.message.endsWith(`through ${program}`),
    );
  }
});

test('a name of a format that we do not write is refused without --format', () => {
  for (const name of ['r.XLSX', 'r.xlsx', 'r.ods', 'r.orc', 'r.avro', 'r.db', 'r.npz', 'r.pkl']) {
    const isNamed = (error: unknown) =>
      error instanceof StarlingError &&
      error.code === 'E_USAGE' &&
      /jsonl, csv, tsv, parquet or arrow/.test(error.message);
    assert.throws(() => formatOf(name), isNamed, name);
    assert.equal(formatOf(name, 'jsonl'), 'jsonl');
    assert.throws(() => requireLines(name), /E_USAGE: .* always JSON lines/, name);
  }
  for (const name of ['r.tsv', 'r.csv', 'r.parquet', 'r.feather'])
    assert.throws(() => requireLines(name), /E_USAGE/, name);
  for (const name of ['r', 'r.json', 'r.jsonl', 'r.txt', '-', '/dev/fd/63']) requireLines(name);
});
