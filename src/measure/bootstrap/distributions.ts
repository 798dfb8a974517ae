/** Above this z, the tail is smaller than any share of replicates. */
const FAR = 8;

/** P(Z > z) for a standard normal Z and z >= 0, to about 1e-16, by the series of erf without cancellation (Abramowitz and Stegun 7.1.6). */
export function normalTail(z: number): number {
  if (z > FAR) return 0;
  const x = z / Math.SQRT2;
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return Math.max(0, 0.5 - (Math.exp(-x * x) * sum) / Math.sqrt(Math.PI));
}

/** The t with P(T > t) = `tail` for Student's distribution, 0 < tail < 0.5. @param freedom degrees of freedom, an integer of at least 1 */
export function studentQuantile(tail: number, freedom: number): number {
  let low = 0;
  let high = 1;
  while (studentTail(high, freedom) > tail) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (studentTail(middle, freedom) > tail) low = middle;
    else high = middle;
  }
}

/** P(T > t) for t >= 0, by the finite sums for integer degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
function studentTail(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const squared = Math.cos(angle) ** 2;
  const odd = freedom % 2;
  let term = odd === 1 ? Math.cos(angle) : 1;
  let sum = 0;
  for (let power = 2 + odd; power <= freedom; power += 2) {
    sum += term;
    term *= (squared * (power - 1)) / power;
  }
  const within = odd === 1 ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return (1 - within) / 2;
}
