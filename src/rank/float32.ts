/**
 * The shortest decimal number that rounds to this float32: -1.2345679 where the double prints as -1.2345678806304932. Nine digits
 * distinguish any two float32 values, so order and equality are kept.
 */
export function shortest(float32: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float32.toPrecision(digits));
    if (Math.fround(short) === float32) return short;
  }
  return Number(float32.toPrecision(9));
}
