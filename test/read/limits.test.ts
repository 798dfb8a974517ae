import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import { arrowBytes } from '../cli/score/bad-files.js';
import { tempFolder } from '../temp-folder.js';
import { MAX_LINE_BYTES, rowsOf } from './collect.js';

const folder = tempFolder();

/** For each row of a file its error code, or `good`. */
async function codesOf(content: string | Buffer): Promise<string[]> {
  const file = join(folder, 'rows');
  writeFileSync(file, content);
  return (await rowsOf(file)).map((row) => (row instanceof RowError ? row.code : 'good'));
}

/** A row of the given number of bytes. */
function rowOf(bytes: number): string {
  const empty = '{"prompt":"hi","answers":[""]}';
  return empty.replace('[""]', `["${'x'.repeat(bytes - empty.length)}"]`);
}

test('a line or an element of an array may have as many bytes as the limit, but not one more', async () => {
  for (const wrap of [(row: string) => row, (row: string) => `${row}\n${row}\n`, (row: string) => `[${row},${row}]`]) {
    const [most] = await codesOf(wrap(rowOf(MAX_LINE_BYTES)));
    assert.equal(most, 'good', wrap('…'));
    const [more] = await codesOf(wrap(rowOf(MAX_LINE_BYTES + 1)));
    assert.equal(more, 'E_LINE_TOO_LONG', wrap('…'));
  }
});

test('a row of a format without lines may have as many bytes of text as the limit, but not one more', async () => {
  const columns = { prompt: 'string', answers: { list: 'string' } } as const;
  const sized = (bytes: number) => ['hi', ['é'.repeat(1000), 'x'.repeat(bytes - 2002)]];
  const rows = [sized(MAX_LINE_BYTES), sized(MAX_LINE_BYTES + 1)];
  assert.deepEqual(await codesOf(await arrowBytes('file', 2, columns, rows)), ['good', 'E_LINE_TOO_LONG']);
});

test('a byte order mark counts in the byte offset of a line', async () => {
  for (const [text, byte] of [
    ['\ufeff{"prompt":5}\n', 3],
    ['\ufeff[{"prompt":5}]', 4],
  ] as const) {
    const file = join(folder, 'mark');
    writeFileSync(file, text);
    const [row] = await rowsOf(file);
    assert.ok(row instanceof RowError);
    assert.equal(row.place.byte, byte);
  }
});
