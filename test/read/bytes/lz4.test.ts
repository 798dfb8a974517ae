import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unlz4Buffer } from '../../../src/read/bytes/lz4.js';

const bytesOf = (base64: string) => Buffer.from(base64, 'base64');

const ROWS = Buffer.from(Array.from({ length: 40 }, (_, i) => `{"id": ${i}, "answers": ["yes", "no"]}\n`).join(''));
const MANY = Buffer.from('Question? yes or no.\n'.repeat(4000));
const NOISE = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * i * 197 + i * 31) % 251));

/** Compressed with pyarrow 26: `pa.Codec('lz4').compress(ROWS)`, as in an Arrow IPC body. MANY has two linked blocks. */
const ARROW = bytesOf(
  'BCJNGGBAgvAAAADzFXsiaWQiOiAwLCAiYW5zd2VycyI6IFsieWVzIiwgIm5vIl19CiQAHzEkABAfMiQAEB8zJAAQHzQkABAfNSQAEB82JAAQHzckABAfOCQAEB85JAAQHzFpARIPagERHzFrAREfMWwBER8xbQERHzFuAREfMW8BER8xcAERHzFxAREfMXIBER8ycgERHzJyAREfMnIBER8ycgERHzJyAREfMnIBER8ycgERHzJyAREfMnIBER8ycgERHzNyAREfM3IBER8zcgERHzNyAREfM3IBER8zcgERHzNyAREfM3IBER8zcgERHzNyAQVQbyJdfQoAAAAA',
);
const ARROW_LINKED = bytesOf(
  'BCJNGEBAwCABAAD/BlF1ZXN0aW9uPyB5ZXMgb3Igbm8uChUA/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////9NQZXMgb3JSAAAAD/D/////////////////////////////////////////////////////////////////////////////////////////////////UFAgbm8uCgAAAAA=',
);
/** Compressed with Python's lz4 4.4: `lz4.frame.compress(MANY, block_linked=True, content_checksum=True, block_checksum=True)`. */
const CHECKED = bytesOf(
  'BCJNGFxAIEgBAAAAAABHIAEAAP8GUXVlc3Rpb24/IHllcyBvciBuby4KFQD/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////01BlcyBvcpM3cqZSAAAAD/D/////////////////////////////////////////////////////////////////////////////////////////////////UFAgbm8uCsoWnqkAAAAA3+pjnQ==',
);
/** `lz4.frame.compress(MANY, block_linked=False, content_checksum=True, store_size=False)` */
const INDEPENDENT = bytesOf(
  'BCJNGGRApyABAAD/BlF1ZXN0aW9uPyB5ZXMgb3Igbm8uChUA/////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////9NQZXMgb3JoAAAA/wYgbm8uClF1ZXN0aW9uPyB5ZXMgb3IVAP///////////////////////////////////////////////////////////////////////////////////////////////ztQIG5vLgoAAAAA3+pjnQ==',
);
/** `lz4.frame.compress(NOISE, content_checksum=True)`: an incompressible block. */
const PLAIN = bytesOf(
  'BCJNGGxAQAAAAAAAAADaQAAAgADkYW0NPPpRN6y1Un4+jXDi6IKraLSUCAudw33GoxQUo8Z9w50LCJS0aKuC6OJwjT5+UrWsN1H6PA1tYeQApuAAAAAA7EF1ew==',
);
const EMPTY = bytesOf('BCJNGGBAggAAAAA=');

const FRAMES: Readonly<Record<string, readonly [packed: Buffer, unpacked: Buffer]>> = {
  'of pyarrow': [ARROW, ROWS],
  'of linked blocks': [ARROW_LINKED, MANY],
  'of linked blocks, all checked': [CHECKED, MANY],
  'of independent blocks': [INDEPENDENT, MANY],
  'that is not packed': [PLAIN, NOISE],
  'of nothing': [EMPTY, Buffer.alloc(0)],
};

/** The unpacked bytes; `undefined` if unpacking throws. */
function attempt(packed: Buffer, size: number): Buffer | undefined {
  try {
    return Buffer.from(unlz4Buffer(packed, size));
  } catch (error) {
    assert.match(String(error), /^Damage: /);
    return undefined;
  }
}

for (const [name, [packed, unpacked]] of Object.entries(FRAMES)) {
  test(`a frame ${name} unpacks at any offset of its buffer`, () => {
    assert.deepEqual(attempt(packed, unpacked.length), unpacked);
    const inside = Buffer.concat([Buffer.from('xyz'), packed, Buffer.from('xyz')]).subarray(3, 3 + packed.length);
    assert.deepEqual(attempt(inside, unpacked.length), unpacked);
  });

  test(`a frame ${name} that is truncated, too long or of another size is an error`, () => {
    for (let length = 0; length < packed.length; length++) {
      assert.equal(attempt(packed.subarray(0, length), unpacked.length), undefined, `${length} bytes`);
    }
    assert.equal(attempt(Buffer.concat([packed, Buffer.from('x')]), unpacked.length), undefined);
    for (const size of [unpacked.length - 1, unpacked.length + 1]) assert.equal(attempt(packed, size), undefined);
  });
}

for (const [name, packed, unpacked] of [
  ['CHECKED', CHECKED, MANY],
  ['PLAIN', PLAIN, NOISE],
] as const) {
  test(`no flipped bit of ${name} gives other bytes`, () => {
    for (let bit = 0; bit < 8 * packed.length; bit++) {
      const bytes = attempt(flipped(packed, bit), unpacked.length);
      assert.ok(bytes === undefined || bytes.equals(unpacked), `bit ${bit}`);
    }
  });
}

test('no flipped bit of a header passes its checksum', () => {
  const checksumAt = 6;
  for (let bit = 8 * checksumAt; bit < 8 * (checksumAt + 1); bit++) {
    assert.equal(attempt(flipped(ARROW, bit), ROWS.length), undefined, `bit ${bit}`);
  }
});

test('a flipped bit without a checksum gives bytes of the right size or an error, never more bytes', () => {
  let errors = 0;
  for (let bit = 0; bit < 8 * ARROW.length; bit++) {
    const bytes = attempt(flipped(ARROW, bit), ROWS.length);
    if (bytes === undefined) errors += 1;
    else assert.equal(bytes.length, ROWS.length);
  }
  assert.ok(errors > 0);
});

test('an impossible size is refused before memory is allocated', () => {
  assert.throws(() => unlz4Buffer(ARROW, 2 ** 45), /does not unpack to 35184372088832 bytes/);
});

test('errors name the damage', () => {
  assert.throws(() => unlz4Buffer(Buffer.from('no frame at all'), 9), /invalid frame header/);
  assert.throws(() => unlz4Buffer(ARROW.subarray(0, 40), ROWS.length), /ends too early/);
  assert.throws(() => unlz4Buffer(flipped(CHECKED, 8 * CHECKED.length - 1), MANY.length), /a checksum does not match/);
  assert.throws(() => unlz4Buffer(Buffer.concat([EMPTY, EMPTY]), 0), /followed by other bytes/);
});

function flipped(bytes: Buffer, bit: number): Buffer {
  const other = Buffer.from(bytes);
  other[bit >> 3] ^= 1 << (bit & 7);
  return other;
}
