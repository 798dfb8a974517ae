import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { RowError, StarlingError } from '../../src/errors.js';
import { decompressed } from '../../src/read/decompressed.js';
import { LIMITS, openInputs } from '../../src/read/inputs.js';
import { readRows } from '../../src/read/rows.js';
import type { Row } from '../../src/types.js';
import { MAX_LINE_BYTES, rowsOf } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();
const ignored = () => {};

const TEXT = [0, 1, 2].map((i) => `{"id": ${i}, "prompt": "Question ${i}?", "answers": ["yes", "no"]}\n`).join('');
/** The same text by Python's zstandard 0.25: one frame with a checksum; and two frames with a skippable one between. */
const ZSTD = Buffer.from(
  'KLUv/SS3fQIA1AN7ImlkIjogMCwgInByb21wdCI6ICJRdWVzdGlvbiAwPyIsICJhbnN3ZXJzIjogWyJ5ZXNubyJdfQoxMTIyBgBAFKAc8DBQAghZxqwJBVPKw2Y=',
  'base64',
);
const ZSTD_FRAMES = Buffer.from(
  'KLUv/SQykQEAeyJpZCI6IDAsICJwcm9tcHQiOiAiUXVlc3Rpb24gMD8iLCAiYW5zd2VycyI6IFsieWWnwWzfUCpNGAQAAABhYmNkKLUv/SSFTQIAtANzIiwgIm5vIl19CnsiaWQiOiAxLCAicHJvbXB0IjogIlF1ZXN0aW9uIDE/YW5zd2VycyI6IFsieWUyMgQAQBRQLiC4WrNUGRu9F7w=',
  'base64',
);
const HALF = TEXT.length / 2;
const GZIP = gzipSync(TEXT);
const GZIP_MEMBERS = Buffer.concat([gzipSync(TEXT.slice(0, HALF)), gzipSync(TEXT.slice(HALF))]);
const COMPRESSED = { GZIP, GZIP_MEMBERS, ZSTD, ZSTD_FRAMES };

function withoutFile(rows: readonly (Row | RowError)[]): unknown[] {
  return rows.map((row) => (row instanceof RowError ? row : { ...row, place: { ...row.place, file: '' } }));
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function textOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const piece of pieces) parts.push(piece);
  return Buffer.concat(parts).toString();
}

for (const [name, bytes] of Object.entries(COMPRESSED)) {
  test(`rows of ${name} are those of the text, whatever the file is called`, async () => {
    const expected = withoutFile(await rowsOf(folder.file(TEXT)));
    assert.equal(expected.length, 3);
    assert.deepEqual(withoutFile(await rowsOf(folder.file(bytes))), expected);
  });

  test(`${name} in pieces of any size`, async () => {
    for (const size of [1, 2, 3, 7, bytes.length]) {
      assert.equal(await textOf(decompressed(inPieces(bytes, size), 'file', ignored)), TEXT);
    }
  });

  test(`${name} cut anywhere is an error after what was there, never a silent end`, async () => {
    const ends = new Set([bytes.length]);
    for (let length = 5; length < bytes.length; length++) {
      const given: Buffer[] = [];
      const reading = (async () => {
        for await (const piece of decompressed(inPieces(bytes.subarray(0, length), 16), 'file', ignored))
          given.push(piece);
      })();
      const error: unknown = await reading.then(
        () => undefined,
        (cause: unknown) => cause,
      );
      const text = Buffer.concat(given).toString();
      assert.ok(TEXT.startsWith(text));
      if (error === undefined) ends.add(length);
      else
        assert.match(
          String(error),
          /E_READ: file: the (gzip|Zstandard) data is damaged or ends too early, after \d+ unpacked bytes/,
        );
    }
    // A file of several members, or frames, is whole after each of them.
    assert.equal(ends.size, name === 'GZIP_MEMBERS' ? 2 : name === 'ZSTD_FRAMES' ? 3 : 1, [...ends].join());
  });
}

test('rows before a damaged place are given, then the error', async () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, i) => `{"prompt": "Question ${i}?", "answers": ["${i * i}"]}\n`,
  ).join('');
  const bytes = gzipSync(lines);
  bytes[Math.floor(bytes.length / 2)] ^= 0xff;
  let rows = 0;
  const reading = (async () => {
    const inputs = await openInputs([folder.file(bytes)]);
    for await (const _ of readRows(inputs, { ...LIMITS, maxLineBytes: MAX_LINE_BYTES })) rows++;
  })();
  await assert.rejects(reading, (error: unknown) => error instanceof StarlingError && error.code === 'E_READ');
  assert.ok(rows > 1000 && rows < 20_000, `${rows}`);
});

test('what a writer has flushed is there while it still writes', async () => {
  const gzip = createGzip();
  gzip.write(TEXT);
  await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
  const flushed: Buffer = gzip.read();
  let release = () => {};
  async function* open(): AsyncGenerator<Buffer> {
    yield flushed;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  }
  const pieces = decompressed(open(), 'file', ignored);
  assert.equal(String((await pieces.next()).value), TEXT);
  release();
  await assert.rejects(pieces.next(), /ends too early/);
});

test('leaving early closes what is read', async () => {
  for (const bytes of Object.values(COMPRESSED)) {
    let closed = false;
    async function* source(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield bytes;
      } finally {
        closed = true;
      }
    }
    for await (const _ of decompressed(source(), 'file', ignored)) break;
    assert.ok(closed);
  }
});

test('a line that a small file unpacks to without end is passed over, and the next is read', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.alloc(64 * 2 ** 20, ' '), Buffer.from(`x\n${TEXT}`)]));
  assert.ok(bomb.length < 2 ** 17);
  const inputs = await openInputs([folder.file(bomb)]);
  const rows: (Row | RowError)[] = [];
  for await (const row of readRows(inputs, { ...LIMITS, maxLineBytes: 2 ** 20 })) rows.push(row);
  assert.ok(rows[0] instanceof RowError);
  assert.equal(rows[0].code, 'E_LINE_TOO_LONG');
  assert.equal(rows.length, 4);
});
