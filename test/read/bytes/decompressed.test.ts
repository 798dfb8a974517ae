import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { RowError, StarlingError } from '../../../src/contracts/errors.js';
import type { Row } from '../../../src/contracts/row.js';
import { decompressed, type UnpackOptions } from '../../../src/read/bytes/decompressed.js';
import { LIMITS, openInputs } from '../../../src/read/inputs/inputs.js';
import { readRows } from '../../../src/read/rows.js';
import { MAX_LINE_BYTES, rowsOf } from '../collect.js';
import { TempFolder } from '../temp-folder.js';

const folder = new TempFolder();
const ignored = () => {};

const TEXT = [0, 1, 2].map((i) => `{"id": ${i}, "prompt": "Question ${i}?", "answers": ["yes", "no"]}\n`).join('');
/** The same text compressed with Python's zstandard 0.25: one frame with a checksum, and two frames with a skippable one between. */
const ZSTD = Buffer.from(
  'KLUv/SS3fQIA1AN7ImlkIjogMCwgInByb21wdCI6ICJRdWVzdGlvbiAwPyIsICJhbnN3ZXJzIjogWyJ5ZXNubyJdfQoxMTIyBgBAFKAc8DBQAghZxqwJBVPKw2Y=',
  'base64',
);
const ZSTD_FRAMES = Buffer.from(
  'KLUv/SQykQEAeyJpZCI6IDAsICJwcm9tcHQiOiAiUXVlc3Rpb24gMD8iLCAiYW5zd2VycyI6IFsieWWnwWzfUCpNGAQAAABhYmNkKLUv/SSFTQIAtANzIiwgIm5vIl19CnsiaWQiOiAxLCAicHJvbXB0IjogIlF1ZXN0aW9uIDE/YW5zd2VycyI6IFsieWUyMgQAQBRQLiC4WrNUGRu9F7w=',
  'base64',
);
/** Compressed with pzstd 1.5.4, which begins with a skippable frame. */
const PZSTD = Buffer.from(
  'UCpNGAQAAABaAAAAKLUv/QRYbQIAEgQPF3BF6gp/ZKmaTEcTQgSAj7zZvtT/uYcDKSEUBIpdu+Zcy0TVCZeSzbhm4bQ5FnMlw1XHhzj4rjlVH2xABQBAFKAc8DBQooEsQAFTysNm',
  'base64',
);
/** Compressed with htslib (pysam 0.24): two blocks, each a member, and the empty member with which bgzip ends. */
const BGZIP = Buffer.from(
  'H4sIBAAAAAAA/wYAQkMCAFsAq1bKTFGyUjDQUVAqKMrPLSgBcpQCS1OLSzLz8xQM7JWAEol5xeWpRcVAmWilytRikFBevlJsLVc1RLMhds2GMM0AiT1QO2QAAAAfiwgEAAAAAAD/BgBCQwIAVQArTy0qVrJSiFaqTC1W0lFQystXiq3lqlbKTAGKGgEFCorycwtKgBylwNLU4pLM/DwFI3uQysS84nKsmgFJ61nPUwAAAB+LCAQAAAAAAP8GAEJDAgAbAAMAAAAAAAAAAAA=',
  'base64',
);
const HALF = TEXT.length / 2;
const GZIP = gzipSync(TEXT);
const MEMBERS = [gzipSync(TEXT.slice(0, HALF)), gzipSync(TEXT.slice(HALF))];
const GZIP_MEMBERS = Buffer.concat(MEMBERS);
const GZIP_PADDED = Buffer.concat([MEMBERS[0], Buffer.alloc(600), MEMBERS[1], Buffer.alloc(1000)]);
const COMPRESSED = { GZIP, GZIP_MEMBERS, GZIP_PADDED, BGZIP, ZSTD, ZSTD_FRAMES, PZSTD };

/** Offsets where a truncated file is still valid: after each member or frame, and inside padding. */
const WHOLE_WHEN_CUT: Readonly<Record<string, number>> = {
  GZIP: 0,
  GZIP_MEMBERS: 1,
  GZIP_PADDED: 601 + 1000,
  BGZIP: 2,
  ZSTD: 0,
  ZSTD_FRAMES: 2,
  PZSTD: 1,
};

function withoutFile(rows: readonly (Row | RowError)[]): unknown[] {
  return rows.map((row) => (row instanceof RowError ? row : { ...row, place: { ...row.place, file: '' } }));
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

/** The unpacked text, and the error after it, if any. */
async function unpack(pieces: AsyncIterable<Buffer>, options: UnpackOptions = LIMITS) {
  const parts: Buffer[] = [];
  try {
    for await (const piece of decompressed(pieces, 'a file', ignored, options)) parts.push(piece);
  } catch (error) {
    assert.ok(error instanceof StarlingError, String(error));
    assert.equal(error.code, 'E_READ');
    assert.equal(error.place.file, 'a file');
    return { text: Buffer.concat(parts).toString(), error: error.message };
  }
  return { text: Buffer.concat(parts).toString(), error: undefined };
}

for (const [name, bytes] of Object.entries(COMPRESSED)) {
  test(`rows of ${name} are those of the text, with any file name`, async () => {
    const expected = withoutFile(await rowsOf(folder.file(TEXT)));
    assert.equal(expected.length, 3);
    assert.deepEqual(withoutFile(await rowsOf(folder.file(bytes))), expected);
  });

  test(`${name} in pieces of any size`, async () => {
    for (const size of [1, 2, 3, 7, bytes.length]) {
      assert.deepEqual(await unpack(inPieces(bytes, size)), { text: TEXT, error: undefined });
    }
  });

  test(`truncated ${name} is an error after all of its bytes, never a silent end`, async () => {
    const wholes = [];
    let longest = 0;
    for (let length = 4; length < bytes.length; length++) {
      const { text, error } = await unpack(inPieces(bytes.subarray(0, length), 16));
      assert.ok(TEXT.startsWith(text) && text.length >= longest);
      longest = text.length;
      if (error === undefined) wholes.push(length);
      else assert.match(error, new RegExp(`^the (gzip|Zstandard) data ends too early, after ${text.length} unpacked`));
    }
    assert.ok(longest > 0);
    assert.equal(wholes.length, WHOLE_WHEN_CUT[name], wholes.join());
  });

  test(`${name} with other bytes after it gives all its text, then an error with the offset of these bytes`, async () => {
    for (const garbage of ['x', '\n', '\x1f\x8a', '(\xb5/\xfe', 'BZh9 and more', TEXT]) {
      const packed = Buffer.concat([bytes, Buffer.from(garbage, 'latin1')]);
      for (const size of [1, 5, packed.length]) {
        const { text, error } = await unpack(inPieces(packed, size));
        assert.equal(text, TEXT);
        assert.match(String(error), /is followed by other bytes, after \d+ unpacked bytes/);
        assert.ok(error?.endsWith(`; try: head -c ${bytes.length} 'a file' | starling-rm score -`), error);
      }
    }
  });
}

for (const [name, bytes] of Object.entries({ GZIP, ZSTD, PZSTD })) {
  test(`no flipped bit of ${name} gives other bytes without an error`, async () => {
    let errors = 0;
    for (let bit = 8 * 4; bit < 8 * bytes.length; bit++) {
      const other = Buffer.from(bytes);
      other[bit >> 3] ^= 1 << (bit & 7);
      const { text, error } = await unpack(inPieces(other, other.length));
      if (error === undefined) assert.equal(text, TEXT, `bit ${bit}`);
      else errors += 1;
    }
    assert.ok(errors > 4 * bytes.length);
  });
}

for (const name of ['GZIP', 'ZSTD'] as const) {
  test(`a wrong checksum of ${name} is an error after all the rows`, async () => {
    const other = Buffer.from(COMPRESSED[name]);
    other[other.length - (name === 'GZIP' ? 5 : 1)] ^= 1;
    const { text, error } = await unpack(inPieces(other, other.length));
    assert.equal(text, TEXT);
    assert.match(String(error), /is damaged \(.*check/);
  });
}

test('rows before a damaged place come first, then the error', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `{"prompt": "Question ${i}?", "answers": ["${i * i}"]}\n`);
  const bytes = gzipSync(lines.join(''));
  const middle = Math.floor(bytes.length / 2);
  const before = (await unpack(inPieces(bytes.subarray(0, middle), middle))).text;
  bytes[middle] ^= 0xff;
  const { text, error } = await unpack(inPieces(bytes, bytes.length));
  assert.ok(before.length > 100_000 && text.startsWith(before));
  assert.match(
    String(error),
    /^the gzip data is damaged \(.+\), after \d+ unpacked bytes, at byte \d+ of the file; copy it again$/,
  );
  const rows: unknown[] = [];
  const reading = (async () => {
    for await (const row of readRows(await openInputs([folder.file(bytes)]), {
      ...LIMITS,
      maxLineBytes: MAX_LINE_BYTES,
    })) {
      rows.push(row);
    }
  })();
  await assert.rejects(reading, (cause: unknown) => cause instanceof StarlingError && cause.code === 'E_READ');
  assert.ok(rows.length >= before.split('\n').length - 1);
});

test('flushed bytes are unpacked while the writer still writes', async () => {
  const gzip = createGzip();
  gzip.write(TEXT);
  await new Promise<void>((resolve) => gzip.flush(constants.Z_SYNC_FLUSH, resolve));
  const flushed: Buffer = gzip.read();
  const writer = new EventEmitter();
  async function* open(): AsyncGenerator<Buffer> {
    yield flushed;
    writer.emit('asked for more');
    await once(writer, 'end');
  }
  const pieces = decompressed(open(), 'file', ignored, LIMITS);
  assert.equal(String((await pieces.next()).value), TEXT);
  const asked = once(writer, 'asked for more');
  const next = pieces.next();
  await asked;
  writer.emit('end');
  await assert.rejects(next, /ends too early/);
});

/** A frame of one raw block with `abcde`; the fields under test are parameters: RFC 8878, 3.1.1. */
function frameOf(...fields: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, ...fields, 0x29, 0, 0]), Buffer.from('abcde')]);
}

test('a window of more than 128 MiB is refused in every form, with the command that allows it', async () => {
  assert.equal((await unpack(inPieces(frameOf(0, 0x88), 99))).text, 'abcde', '128 MiB');
  const refused: readonly [Buffer, number][] = [
    [frameOf(0, 0x89), 144],
    [frameOf(0, 0xff), 3_932_160],
    [frameOf(0xa0, 1, 0, 0, 8), 129],
    [frameOf(0xe0, 0, 0, 0, 0, 0, 1, 0, 0), 1_048_576],
  ];
  for (const [frame, mebibytes] of refused) {
    const { error } = await unpack(inPieces(frame, 99));
    assert.match(String(error), new RegExp(`needs a window of ${mebibytes} MiB, more than the 128 MiB`));
    assert.match(String(error), new RegExp(`try: zstd -dc --memory=${mebibytes}MB 'a file' \\| starling-rm score -$`));
  }
});

test('a frame that needs a dictionary is refused with its number', async () => {
  // Compressed with zstd 1.5.4: `zstd -c -D dict`.
  const packed = Buffer.from(
    'KLUv/ScQM7JYt4UBAIh7LCBRMD95bm8iXX0KMTEyMgr8AH4MejCSP4AuALtZTHmf3FS/QDoddS1QOWZ4CVPKw2Y=',
    'base64',
  );
  const { error } = await unpack(inPieces(packed, 99));
  assert.match(
    String(error),
    /needs dictionary 1488073488, .*try: zstd -dc -D DICTIONARY 'a file' \| starling-rm score -$/,
  );
});

/** A frame of blocks that repeat one byte 131072 times, in 4 bytes each. */
function zstdBomb(blocks: number): Buffer {
  const block = Buffer.from([0x02, 0, 0x10, 0x20]);
  const last = Buffer.from([0x03, 0, 0x10, 0x20]);
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x38]);
  return Buffer.concat([header, ...Array<Buffer>(blocks - 1).fill(block), last]);
}

const BOMBS = { gzip: gzipSync(Buffer.alloc(2 ** 26, ' '), { level: 9 }), Zstandard: zstdBomb(2 ** 9) };

for (const [name, bomb] of Object.entries(BOMBS)) {
  test(`highly compressed ${name} comes in small pieces, and signals get a turn between them`, async () => {
    let turns = 0;
    let length = 0;
    let turning = setImmediate(function turn() {
      turns += 1;
      turning = setImmediate(turn);
    });
    for await (const piece of decompressed(inPieces(bomb, bomb.length), 'file', ignored, LIMITS)) {
      assert.ok(piece.length <= 2 ** 17, `${piece.length}`);
      length += piece.length;
    }
    clearImmediate(turning);
    assert.equal(length, 2 ** 26);
    assert.ok(turns >= 32, `${turns}`);
  });

  test(`an abort in the middle of a piece of ${name} ends it without an error`, async () => {
    const stop = new AbortController();
    let length = 0;
    for await (const piece of decompressed(inPieces(bomb, bomb.length), 'file', ignored, {
      ...LIMITS,
      signal: stop.signal,
    })) {
      length += piece.length;
      stop.abort();
    }
    assert.ok(length > 0 && length <= 2 ** 21, `${length}`);
  });

  test(`${name} that unpacks to more than the limit is an error with the limit and the flag`, async () => {
    const all = await unpack(inPieces(bomb, 2 ** 16), { maxUnpackedBytes: 2 ** 26 });
    assert.deepEqual([all.text.length, all.error], [2 ** 26, undefined]);
    const oneLess = await unpack(inPieces(bomb, 2 ** 16), { maxUnpackedBytes: 2 ** 26 - 1 });
    assert.match(String(oneLess.error), /unpacks to more than .*\(67108863 bytes\)/);
    const { text, error } = await unpack(inPieces(bomb, 999), { maxUnpackedBytes: 2 ** 25 });
    assert.equal(text.length, 2 ** 25);
    assert.match(
      String(error),
      new RegExp(
        `^the ${name} data unpacks to more than 0.0313 GiB \\(33554432 bytes\\), by byte \\d+ of the file; .*--max-unpacked`,
      ),
    );
  });
}

test('leaving early closes the source', async () => {
  for (const bytes of Object.values(COMPRESSED)) {
    let closed = false;
    async function* source(): AsyncGenerator<Buffer> {
      try {
        for (;;) yield bytes;
      } finally {
        closed = true;
      }
    }
    for await (const _ of decompressed(source(), 'file', ignored, LIMITS)) break;
    assert.ok(closed);
  }
});

test('an endless line in a small compressed file is skipped, and the next line is read', async () => {
  const bomb = gzipSync(Buffer.concat([Buffer.alloc(64 * 2 ** 20, ' '), Buffer.from(`x\n${TEXT}`)]));
  assert.ok(bomb.length < 2 ** 17);
  const inputs = await openInputs([folder.file(bomb)]);
  const rows: (Row | RowError)[] = [];
  for await (const row of readRows(inputs, { ...LIMITS, maxLineBytes: 2 ** 20 })) rows.push(row);
  assert.ok(rows[0] instanceof RowError);
  assert.equal(rows[0].code, 'E_LINE_TOO_LONG');
  assert.equal(rows.length, 4);
});
