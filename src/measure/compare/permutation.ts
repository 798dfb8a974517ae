import type { UnitSums } from '../bootstrap/sample-column.js';
import { Xoshiro128 } from '../bootstrap/xoshiro128.js';

export const PERMUTATIONS = 10_000;

/** What rounding may make of equal differences. */
const ROUNDING = 1e-12;

/**
 * The two-sided p-value of the difference of two runs: if it does not matter which run a result is of, swapping the two in some prompts is
 * as likely as not, so the share of random swaps whose difference is at least as great tells how surprising it is ("Design of
 * Experiments", 1935, section 21, by sampling; the sample itself is counted as one, as in "Permutation p-values should never be zero",
 * Statistical Applications in Genetics and Molecular Biology 9, 2010). Prompts are swapped with all their rows.
 *
 * @returns `null` if the difference is undefined
 */
export function permutationPValue(a: UnitSums, b: UnitSums, seed: number): number | null {
  const [sumA, countA, sumB, countB] = [a.sums, a.counts, b.sums, b.counts].map(total);
  /** The difference if what the swapped units have more in B than in A changes sides. */
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
    // Where nothing is left to count, nothing speaks against chance.
    if (!(after(sum, count) < observed - ROUNDING)) asGreat += 1;
  }
  return asGreat / (1 + PERMUTATIONS);
}

/** What a fair coin for each unit picks of the two. */
function swapped(moreSum: Float64Array, moreCount: Float64Array, random: Xoshiro128): [sum: number, count: number] {
  let sum = 0;
  let count = 0;
  let coins = 0;
  for (let unit = 0; unit < moreSum.length; unit++) {
    // 32 coins of each number.
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
