import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StarlingError } from '../../../../src/contracts/errors.js';
import { jsonRecord } from '../../../../src/read/records/json/json-line.js';
import { type Line, LineSplitter } from '../../../../src/read/records/json/lines.js';
import { plainText } from '../../../../src/read/records/json/plain-text.js';

const MAX_BYTES = 24;
const PLACE = { file: 'f', row: 0 };

async function* inPieces(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

/** Number and text of each line, or the code of its error. */
async function linesOf(pieces: readonly Buffer[]): Promise<string[]> {
  const splitter = new LineSplitter(MAX_BYTES);
  const lines: string[] = [];
  const take = (line: Line) => lines.push(`${line.number}:${content(line)}`);
  for await (const piece of plainText(inPieces(pieces), 'f')) for (const line of splitter.push(piece)) take(line);
  for (const line of splitter.end()) take(line);
  return lines;
}

function content(line: Line): string {
  const record = jsonRecord(line, 0, { maxLineBytes: MAX_BYTES, maxNesting: 9 });
  if (record === undefined) return 'blank';
  const kept = record.refused();
  if (kept !== undefined && 'text' in kept) return kept.text;
  try {
    return String(record.value(PLACE));
  } catch (error) {
    assert.ok(error instanceof StarlingError);
    return `${error.code} ${error.message}`;
  }
}

const FILE = Buffer.concat([
  Buffer.from('\ufeff{"é":"😀"}\r\n\n \t\n'),
  Buffer.from(`${'x'.repeat(MAX_BYTES)}\n${'y'.repeat(MAX_BYTES + 1)}\n${'z'.repeat(5 * MAX_BYTES)}\n`),
  Buffer.from([0x61, 0xe2, 0x82, 0x0a]),
  Buffer.from('\ufeff 你好\nlast'),
]);

const TOO_LONG = 'E_LINE_TOO_LONG the line is longer than 24 bytes; shorten it, or allow more with --max-line';

const LINES = [
  '1:{"é":"😀"}\r',
  '2:blank',
  '3:blank',
  `4:${'x'.repeat(MAX_BYTES)}`,
  `5:${TOO_LONG}`,
  `6:${TOO_LONG}`,
  '7:E_UTF8 invalid UTF-8 at byte 1 of the line, counted from 0; convert the file to UTF-8, as iconv does',
  '8:\ufeff 你好',
  '9:last',
];

test('lines do not depend on where the bytes are divided into two pieces', async () => {
  for (let at = 0; at <= FILE.length; at++) {
    assert.deepEqual(await linesOf([FILE.subarray(0, at), FILE.subarray(at)]), LINES, `cut at byte ${at}`);
  }
});

test('lines do not depend on the size of the pieces', async () => {
  for (let size = 1; size <= 40; size++) {
    const count = Math.ceil(FILE.length / size);
    const pieces = Array.from({ length: count }, (_, i) => FILE.subarray(i * size, (i + 1) * size));
    assert.deepEqual(await linesOf(pieces), LINES, `pieces of ${size} bytes`);
  }
});

test('a line that is too long is reported once, before its end arrives', () => {
  const splitter = new LineSplitter(MAX_BYTES);
  const part = Buffer.alloc(MAX_BYTES, 'x');
  assert.deepEqual([...splitter.push(part)], []);
  assert.deepEqual([...splitter.push(part)], [{ number: 1, byte: 0, bytes: undefined }]);
  assert.deepEqual([...splitter.push(part)], []);
  assert.deepEqual([...splitter.push(Buffer.from('x\nok\n'))], [{ number: 2, byte: 74, bytes: Buffer.from('ok') }]);
  assert.deepEqual([...splitter.end()], []);
});

test('the byte offset of a line does not depend on the pieces', () => {
  const starts = (pieces: readonly Buffer[]) => {
    const splitter = new LineSplitter(MAX_BYTES);
    const lines = pieces.flatMap((piece) => [...splitter.push(piece)].map(({ byte }) => byte));
    return [...lines, ...[...splitter.end()].map(({ byte }) => byte)];
  };
  const expected = FILE.toString('latin1')
    .split('\n')
    .map((_, i, all) => all.slice(0, i).join('\n').length + Number(i > 0));
  for (let at = 0; at <= FILE.length; at++) {
    assert.deepEqual(starts([FILE.subarray(0, at), FILE.subarray(at)]), expected, `cut at byte ${at}`);
  }
});

test('an empty file and a file of a byte order mark have no lines', async () => {
  assert.deepEqual(await linesOf([]), []);
  assert.deepEqual(await linesOf([Buffer.from('\ufeff')]), []);
});

test('short first lines are passed on without waiting for more bytes', async () => {
  const pieces = plainText(
    (async function* () {
      yield Buffer.from('1\n');
      throw new Error('asked for more than the first line');
    })(),
    'f',
  );
  assert.deepEqual(await pieces.next(), { done: false, value: Buffer.from('1\n') });
});
