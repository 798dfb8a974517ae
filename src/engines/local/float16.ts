const FRACTION_BITS = 10;
const MOST_EXPONENT = 31;

/** The number that 16 bits of IEEE 754 stand for. */
export function float16(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1;
  const exponent = (bits >> FRACTION_BITS) & MOST_EXPONENT;
  const fraction = (bits & (2 ** FRACTION_BITS - 1)) / 2 ** FRACTION_BITS;
  if (exponent === MOST_EXPONENT) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
}

/** Whether 16 bits are enough for a number, as for every result of a computation in half precision. */
export function isFloat16(value: number): boolean {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value))));
  return value === 0 || Number.isInteger(value * 2 ** (FRACTION_BITS - exponent));
}
