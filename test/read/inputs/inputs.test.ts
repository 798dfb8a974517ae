import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError, StarlingError } from '../../../src/contracts/errors.js';
import type { ErrorCode } from '../../../src/contracts/exit-codes.js';
import { LIMITS, openInputs } from '../../../src/read/inputs/inputs.js';
import { readRows } from '../../../src/read/rows.js';
import { collect, MAX_LINE_BYTES, rowsOf } from '../collect.js';
import { TempFolder } from '../temp-folder.js';

const folder = new TempFolder();
const EIO_FILE = '/proc/self/mem';

/** Rows as `line:index`, for tests of places only. */
async function placesOf(...paths: string[]): Promise<string[]> {
  const rows = await rowsOf(...paths);
  return rows.map((row) => `${row.place.line}:${row instanceof RowError ? `${row.place.row}!` : row.index}`);
}

function row(prompt: string): string {
  return JSON.stringify({ prompt, answers: ['a'] });
}

function isError(code: ErrorCode, exitCode: number, file: string | undefined, says: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof StarlingError);
    assert.equal(error.code, code);
    assert.equal(error.exitCode, exitCode);
    assert.equal(error.place.file, file);
    assert.match(error.message, says);
    return true;
  };
}

test('an empty file and a file of blank lines have no rows', async () => {
  assert.deepEqual(await placesOf(folder.file('')), []);
  assert.deepEqual(await placesOf(folder.file('\n \n\r\n')), []);
});

test('a byte order mark, CRLF, blank lines and a missing last newline are accepted', async () => {
  const file = folder.file(`\ufeff${row('é')}\r\n\r\n  \n${row('b')}\r\n${row('c')}`);
  assert.deepEqual(await placesOf(file), ['1:0', '4:1', '5:2']);
});

test('lines count in each file, rows over all files, including bad rows', async () => {
  const first = folder.file(`${row('a')}\nbad\n\n${row('b')}`);
  const second = folder.file(`\ufeff\n${row('c')}\n[]\n`);
  assert.deepEqual(await placesOf(first, folder.file(''), second, first), [
    ...['1:0', '2:1!', '4:2'],
    ...['2:3', '3:4!'],
    ...['1:5', '2:6!', '4:7'],
  ]);
  const files = (await rowsOf(first, second)).map(({ place }) => place.file);
  assert.deepEqual(files, [first, first, first, second, second]);
});

test('a file that takes several reads has all its rows', async () => {
  const count = 5000;
  const lines = Array.from({ length: count }, (_, i) => row(`prompt ${i} with an é`));
  const rows = await rowsOf(folder.file(lines.join('\n')));
  assert.deepEqual(
    rows.map((one) => 'conversation' in one && one.conversation[0]?.text),
    Array.from({ length: count }, (_, i) => `prompt ${i} with an é`),
  );
});

test('a missing file or an empty folder is an error before anything is read', async () => {
  const there = folder.file(row('a'));
  const missing = join(folder.path, 'missing.jsonl');
  await assert.rejects(openInputs([there, missing]), isError('E_NO_INPUT', 2, missing, /no such file/));
  const inFile = join(there, 'x');
  await assert.rejects(openInputs([inFile]), isError('E_NO_INPUT', 2, inFile, /no such file/));
  const empty = new TempFolder();
  await assert.rejects(openInputs([empty.path]), isError('E_NO_INPUT', 2, empty.path, /no data files/));
});

test('stdin is - or no path, and can be named only once', async () => {
  assert.deepEqual(await openInputs([]), await openInputs(['-']));
  assert.equal((await openInputs(['/dev/stdin']))[0]?.name, '<stdin>');
  await assert.rejects(openInputs(['-', '-']), isError('E_USAGE', 2, undefined, /stdin/));
  await assert.rejects(openInputs(['-', '/dev/stdin']), isError('E_USAGE', 2, undefined, /stdin/));
});

test('a file that is removed or replaced by a folder after the check is E_READ', async () => {
  const file = folder.file(row('a'));
  const inputs = await openInputs([file]);
  rmSync(file);
  await assert.rejects(collect(readRows(inputs, { ...LIMITS, maxLineBytes: 9 })), isError('E_READ', 1, file, /ENOENT/));
  mkdirSync(file);
  await assert.rejects(
    collect(readRows(inputs, { ...LIMITS, maxLineBytes: 9 })),
    isError('E_READ', 1, file, /EISDIR|another file has replaced it/),
  );
});

test('a read error of the disk is E_READ', { skip: !existsSync(EIO_FILE) && `no ${EIO_FILE} here` }, async () => {
  const rows = readRows(await openInputs([EIO_FILE]), { ...LIMITS, maxLineBytes: 9 });
  await assert.rejects(collect(rows), isError('E_READ', 1, EIO_FILE, /EIO/));
});

test('a damaged file ends the run with one error, after the rows before it', async () => {
  const text = folder.file(row('a'));
  const gzip = folder.file(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff]));
  const rows = readRows(await openInputs([text, gzip]), { ...LIMITS, maxLineBytes: MAX_LINE_BYTES });
  assert.equal((await rows.next()).done, false);
  await assert.rejects(rows.next(), isError('E_READ', 1, gzip, /gzip/));
});

test('an abort ends the rows without an error, before, between and after reads', async () => {
  const inputs = await openInputs([folder.file(`${row('a')}\n${row('b')}\n${row('c')}`)]);
  const before = readRows(inputs, { ...LIMITS, maxLineBytes: MAX_LINE_BYTES, signal: AbortSignal.abort() });
  assert.deepEqual(await collect(before), []);
  const controller = new AbortController();
  let count = 0;
  for await (const _ of readRows(inputs, { ...LIMITS, maxLineBytes: MAX_LINE_BYTES, signal: controller.signal })) {
    count += 1;
    controller.abort();
  }
  assert.equal(count, 1);
});
