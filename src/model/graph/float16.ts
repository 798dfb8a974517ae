/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15) and 10 fraction bits. */
const FRACTION_BITS = 10;
const BIAS = 15;
/** The smallest exponent of normal numbers, which subnormal ones share. */
const LEAST_EXPONENT = -14;

/**
 * Converts float16 bits to float32 exactly. float32 has 8 exponent bits (bias 127) and 23 fraction bits. After shifting exponent and
 * fraction to their places in float32, all values, also subnormal ones, are 2^112 times too small. An exponent of all ones means
 * infinity or NaN.
 */
export function widenFloat16(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const placed = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13);
    if ((half & 0x7c00) === 0x7c00) {
      bits[i] = placed | 0x7f800000;
    } else {
      bits[i] = placed;
      values[i] *= 2 ** (127 - BIAS);
    }
  }
  return values;
}

/** The float16 nearest to a small non-negative number, as bits and as their value. */
export function nearestFloat16(value: number): { bits: number; value: number } {
  const exponent = exponentOf(value || Number.MIN_VALUE);
  const step = 2 ** (exponent - FRACTION_BITS);
  const steps = Math.round(value / step);
  // The sum is right for subnormals too (exponent -14, fewer than 1024 steps): their exponent field becomes 0.
  return { bits: steps + (exponent - LEAST_EXPONENT) * 2 ** FRACTION_BITS, value: steps * step };
}

/** Whether a number is a float16 value, as every result of a computation in half precision is. */
export function isFloat16(value: number): boolean {
  return value === 0 || Number.isInteger(value * 2 ** (FRACTION_BITS - exponentOf(Math.abs(value))));
}

function exponentOf(magnitude: number): number {
  return Math.max(LEAST_EXPONENT, Math.floor(Math.log2(magnitude)));
}
