import type { UnitSums } from '../bootstrap/sample-column.js';
import { Xoshiro128 } from '../bootstrap/xoshiro128.js';

export const PERMUTATIONS = 10_000;

/** Equal differences may differ by this much because of rounding. */
const ROUNDING = 1e-12;

/**
 * Two-sided p-value, above 0 and at most 1, of the difference of two runs, by a paired permutation test ("Design of Experiments", 1935,
 * section 21). Under the null hypothesis the runs are exchangeable within each prompt. Each of 10,000 permutations swaps the two runs in
 * each prompt with probability 1/2, with all rows of the prompt. The p-value is the share of permutations whose absolute
 * difference is at least the observed one. The sample itself counts as one permutation ("Permutation p-values should never be zero",
 * Statistical Applications in Genetics and Molecular Biology 9, 2010).
 *
 * @param a sums and counts of a statistic by resampling unit; the statistic is sum / count
 * @returns `null` if the difference is undefined
 */
export function permutationPValue(a: UnitSums, b: UnitSums, seed: number): number | null {
  const [sumA, countA, sumB, countB] = [a.sums, a.counts, b.sums, b.counts].map(total);
  /** The absolute difference after a swap. `sum` and `count` are what the swapped units have more in B than in A. */
  const after = (sum: number, count: number) =>
    Math.abs((sumB - sum) / (countB - count) - (sumA + sum) / (countA + count));
  const observed = after(0, 0);
  if (Number.isNaN(observed)) return null;
  const moreSum = b.sums.map((sum, unit) => sum - a.sums[unit]);
  const moreCount = b.counts.map((count, unit) => count - a.counts[unit]);
  const random = Xoshiro128.seeded(seed);
  let asGreat = 1;
  for (let p = 0; p < PERMUTATIONS; p++) {
    const [sum, count] = swapped(moreSum, moreCount, random);
    // A permutation with an undefined difference (NaN) counts as at least as great.
    if (!(after(sum, count) < observed - ROUNDING)) asGreat += 1;
  }
  return asGreat / (1 + PERMUTATIONS);
}

/** Sums over the swapped units. Each unit is swapped with probability 1/2. */
function swapped(moreSum: Float64Array, moreCount: Float64Array, random: Xoshiro128): [sum: number, count: number] {
  let sum = 0;
  let count = 0;
  let coins = 0;
  for (let unit = 0; unit < moreSum.length; unit++) {
    // Each random integer gives 32 coins.
    if (unit % 32 === 0) coins = random.next();
    if ((coins & 1) === 1) {
      sum += moreSum[unit];
      count += moreCount[unit];
    }
    coins >>>= 1;
  }
  return [sum, count];
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
