/** 1 if `a` is greater than `b`, -1 if less, 0 if equal. Not `Math.sign(a - b)`, which is NaN for equal infinities. */
export function direction(a: number, b: number): -1 | 0 | 1 {
  if (a > b) return 1;
  return a < b ? -1 : 0;
}
