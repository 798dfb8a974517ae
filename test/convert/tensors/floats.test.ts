import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widen } from '../../../src/convert/tensors/floats.js';

const every = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
const raw = Buffer.from(every.buffer);

test('float16: all 65,536 values, with subnormals, infinities and NaN', () => {
  const found = widen(raw, 'float16');
  for (const bits of every) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    let expected = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
    if (exponent === 0) expected = sign * fraction * 2 ** -24;
    if (exponent === 31) expected = fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    assert.ok(Object.is(found[bits], expected), `${found[bits]} for ${bits}`);
  }
});

test('bfloat16: the upper half of a float32', () => {
  const found = new Uint32Array(widen(raw, 'bfloat16').buffer);
  for (const bits of every) assert.equal(found[bits], bits * 65_536);
});

test('float32: unchanged', () => {
  const values = Float32Array.of(1, -0, 3.5e-42, Number.NEGATIVE_INFINITY);
  assert.deepEqual(widen(Buffer.from(values.buffer), 'float32'), values);
});
