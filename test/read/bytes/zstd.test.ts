import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzstdBuffer } from '../../../src/read/bytes/zstd.js';

const ROWS = Buffer.from(Array.from({ length: 40 }, (_, i) => `{"id": ${i}, "answers": ["yes", "no"]}\n`).join(''));
/** Compressed with pyarrow 26: `pa.Codec('zstd').compress(ROWS)`, as in an Arrow IPC body. It has no checksum. */
const ARROW = Buffer.from(
  'KLUv/WC+BIUEAKKEDxaQVR1onjxCyAYWu67jefJT8mKp7hTg////v23btt22bVvkMApiuBsEFDqMl9hWxOQU27OgxhZeEk6RaQgIKCCAM0oPtyRvkiUl8pJsUpIXyZISeUkWKclLsklJXiRLyslbJ8nSSco5ySsnycZJSjjJ+ybJuknKNknA5jkkgxTkQTKkQB6SIUUnl8eNTw==',
  'base64',
);

test('a buffer of pyarrow unpacks at any offset', () => {
  assert.deepEqual(Buffer.from(unzstdBuffer(ARROW, ROWS.length)), ROWS);
  const inside = Buffer.concat([Buffer.from('xyz'), ARROW, Buffer.from('xyz')]).subarray(3, 3 + ARROW.length);
  assert.deepEqual(Buffer.from(unzstdBuffer(inside, ROWS.length)), ROWS);
  assert.equal(unzstdBuffer(Buffer.from('KLUv/SAAAQAA', 'base64'), 0).length, 0);
});

test('a buffer that is truncated, too long or of another size is an error', () => {
  for (let length = 0; length < ARROW.length; length++) {
    assert.throws(() => unzstdBuffer(ARROW.subarray(0, length), ROWS.length), /^Damage: /, `${length} bytes`);
  }
  assert.throws(() => unzstdBuffer(Buffer.concat([ARROW, Buffer.from('x')]), ROWS.length), /followed by other bytes/);
  for (const size of [-1, 0, ROWS.length - 1, ROWS.length + 1, 2 ** 45]) {
    assert.throws(() => unzstdBuffer(ARROW, size), new RegExp(`does not unpack to ${size} bytes`));
  }
});

test('a flipped bit without a checksum gives bytes of the right size or an error, and the next buffer is fine', () => {
  let errors = 0;
  for (let bit = 0; bit < 8 * ARROW.length; bit++) {
    const other = Buffer.from(ARROW);
    other[bit >> 3] ^= 1 << (bit & 7);
    try {
      assert.equal(unzstdBuffer(other, ROWS.length).length, ROWS.length);
    } catch (error) {
      assert.match(String(error), /^Damage: /);
      errors += 1;
    }
  }
  assert.ok(errors > 0);
  assert.deepEqual(Buffer.from(unzstdBuffer(ARROW, ROWS.length)), ROWS);
});
