import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFloat16, widenFloat16 } from '../../../src/model/graph/float16.js';

const float16 = (bits: number) => widenFloat16(Uint16Array.of(bits))[0];

test('float16 values are those of IEEE 754 and no others', () => {
  // Examples of IEEE 754 binary16: one, minus two, the largest, the smallest normal, the smallest subnormal, a third.
  const cases: [number, number][] = [
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x3555, 0.333251953125],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0x7e00, Number.NaN],
  ];
  for (const [bits, value] of cases) assert.equal(float16(bits), value);
  for (let bits = 0; bits < 0x7c00; bits++) assert.ok(isFloat16(float16(bits)) && isFloat16(-float16(bits)), `${bits}`);
  for (const value of [1 / 3, 1 + 2 ** -11, 2 ** -25, Math.fround(0.1)]) assert.ok(!isFloat16(value), `${value}`);
});
