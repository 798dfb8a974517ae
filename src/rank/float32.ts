/**
 * The number with the fewest digits that is nearest to this float32 and no other: -1.2345679 for what a double shows as
 * -1.2345678806304932. Nine digits tell any two float32 apart, so order and equality stay as they are.
 */
export function shortest(float32: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float32.toPrecision(digits));
    if (Math.fround(short) === float32) return short;
  }
  return Number(float32.toPrecision(9));
}
