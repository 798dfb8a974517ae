import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, openSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { type Finished, finished, lines, run, start } from '../run.js';
import { arrowBytes, parquetBytes, zstdFrame } from './bad-files.js';

const model = byteModel();

/** Each row is printed with its padding, so a reader that stops after a few rows stops the program far from the end of the file. */
const ROWS = 400;
const PARQUET_ROWS = 2 * 2048;
const PADDING = 12_000;
/** Reached only when something hangs, which these tests look for. */
const LIMIT = { timeout: 240_000 };

/** Text that does not compress. */
function padding(row: number): string {
  let text = '';
  for (let i = 0; text.length < PADDING; i++) text += createHash('sha512').update(`${row} ${i}`).digest('base64');
  return text.slice(0, PADDING);
}

const RECORDS = Array.from({ length: ROWS }, (_, i) => ({
  prompt: `hi ${i}`,
  answers: ['a', 'b'],
  padding: padding(i),
}));
const LINES = RECORDS.map((record) => `${JSON.stringify(record)}\n`);

const arrow = (layout: 'stream' | 'file') =>
  arrowBytes(
    layout,
    0,
    { prompt: 'string', answers: { list: 'string' }, padding: 'string' },
    RECORDS.map(({ prompt, answers, padding }) => [prompt, answers, padding]),
  );

/** Files of which a part, except of the last two, differs from a whole file only in its length. */
const FORMATS: Record<string, () => Promise<Buffer[]>> = {
  'rows.jsonl': async () => LINES.map((line) => Buffer.from(line)),
  'rows.jsonl.gz': async () => LINES.map((line) => gzipSync(line, { level: 1 })),
  'rows.jsonl.zst': async () => LINES.map((line) => zstdFrame(line)),
  'rows.json': async () =>
    LINES.map((line, i) => Buffer.from(`${i === 0 ? '[' : ','}${line}${i === ROWS - 1 ? ']' : ''}`)),
  'rows.arrows': async () => [await arrow('stream')],
  'rows.arrow': async () => [await arrow('file')],
  'rows.parquet': async () => [
    await parquetBytes(
      `SELECT 'hi ' || i AS prompt, ['a', 'b'] AS answers,
        array_to_string(list_transform(range(${PADDING / 20}), lambda j: hash(i, j)::VARCHAR), '') AS padding
      FROM range(${PARQUET_ROWS}) t(i) ORDER BY i`,
      'COMPRESSION uncompressed, ROW_GROUP_SIZE 2048',
    ),
  ],
};

const made = new Map(Object.entries(FORMATS).map(([name, make]) => [name, make()]));

interface Written {
  path: string;
  parts: Buffer[];
  /** The first byte of a part in the second half. */
  middle: number;
}

async function written(name: string): Promise<Written> {
  const path = join(tempFolder(), name);
  const parts = (await made.get(name)) ?? [];
  const bytes = Buffer.concat(parts);
  writeFileSync(path, bytes);
  const first = Buffer.concat(parts.slice(0, Math.ceil(parts.length / 2)));
  return { path, parts, middle: parts.length === 1 ? Math.floor(bytes.length / 2) : first.length };
}

/** Scores a file that is changed after the first rows are printed. As the output is not read on, the program waits in the middle of the file. */
async function scoredWhile(file: string, change: () => void): Promise<Finished> {
  const child = start('score', '-m', await model, '--keep', file);
  await once(child.stdout, 'readable');
  change();
  return finished(child);
}

function assertEnded(told: Finished, name: string, says: RegExp): void {
  assert.equal(told.code, 1, `${name}: ${told.stderr}`);
  assert.match(told.stderr, /^starling-rm: E_READ: \S+rows\.\S+: /m, name);
  assert.match(told.stderr, says, name);
  const printed = lines(told.stdout).map((line) => JSON.parse(line));
  assert.ok(printed.length > 0 && printed.length < ROWS + PARQUET_ROWS, `${name}: ${printed.length}`);
  for (const [i, { index, prompt }] of printed.entries()) assert.deepEqual([index, prompt], [i, `hi ${i}`], name);
}

for (const name of Object.keys(FORMATS)) {
  test(`${name}: truncating the file while it is read ends the run`, LIMIT, async () => {
    const { path, middle } = await written(name);
    const told = await scoredWhile(path, () => truncateSync(path, middle));
    assertEnded(told, name, /had \d+ bytes when the run began and has \d+ now: it was truncated while it was read/);
  });

  test(`${name} whose bytes are rewritten while it is read ends the run`, LIMIT, async () => {
    const { path, parts } = await written(name);
    const told = await scoredWhile(path, () => writeSync(openSync(path, 'r+'), parts[0], 0, 1, 0));
    assertEnded(told, name, /it was written to while it was read/);
  });
}

for (const name of ['rows.jsonl', 'rows.arrow', 'rows.parquet']) {
  test(`${name} that is replaced by another file while it is read ends the run`, LIMIT, async () => {
    const { path } = await written(name);
    const other = await written(name);
    const told = await scoredWhile(path, () => renameSync(other.path, path));
    assertEnded(told, name, /another file has replaced it since the run began/);
  });
}

for (const name of ['rows.jsonl', 'rows.jsonl.gz', 'rows.jsonl.zst', 'rows.json', 'rows.arrows']) {
  test(`${name} that grows while it is read gives the rows that it had, and a message says so`, LIMIT, async () => {
    const { path, parts } = await written(name);
    const told = await scoredWhile(path, () => appendFileSync(path, parts.at(-1) ?? ''));
    assert.equal(told.code, 0, told.stderr);
    assert.equal(lines(told.stdout).length, ROWS);
    assert.match(told.stderr, /^starling-rm: \S+rows\.\S+ grew from \d+ to \d+ bytes .*only the first \d+ were read$/m);
  });
}

for (const name of ['rows.arrow', 'rows.parquet']) {
  test(`${name}, which is read from its end, ends the run when it grows`, LIMIT, async () => {
    const { path } = await written(name);
    assertEnded(await scoredWhile(path, () => appendFileSync(path, 'x')), name, /it was written to while it was read/);
  });
}

test('a file that was replaced before its turn ends the run before its rows', LIMIT, async () => {
  const { path } = await written('rows.jsonl');
  const second = join(tempFolder(), 'second.jsonl');
  const change: Record<string, [() => void, RegExp]> = {
    cut: [() => truncateSync(second, LINES[0].length), /it was truncated while it was read/],
    replaced: [
      () => renameSync(path.replace('rows', 'other'), second),
      /another file has replaced it since the run began/,
    ],
  };
  for (const [name, [act, says]] of Object.entries(change)) {
    writeFileSync(second, LINES.slice(0, 2).join(''));
    writeFileSync(path.replace('rows', 'other'), LINES.slice(2, 4).join(''));
    const child = start('score', '-m', await model, '--keep', path, second);
    await once(child.stdout, 'readable');
    act();
    const told = await finished(child);
    assert.equal(told.code, 1, name);
    assert.match(told.stderr, says);
    assert.equal(lines(told.stdout).length, ROWS, name);
  }
});

test('with --quiet, no message says that a file has grown', LIMIT, async () => {
  const { path } = await written('rows.jsonl');
  const quiet = start('score', '-q', '-m', await model, '--keep', path);
  await once(quiet.stdout, 'readable');
  appendFileSync(path, LINES[0]);
  const told = await finished(quiet);
  assert.deepEqual([told.code, told.stderr, lines(told.stdout).length], [0, '', ROWS]);
});

test('a file without a size, such as a pipe, is read to its end', LIMIT, async () => {
  const told = await run(['score', '-q', '-m', await model], LINES.slice(0, 3).join(''));
  assert.deepEqual([told.code, lines(told.stdout).length], [0, 3]);
});
