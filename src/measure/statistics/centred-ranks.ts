import { direction } from './direction.js';

/**
 * For each value the number of smaller values less the number of greater ones. With average ranks r (from 1) for ties that is
 * 2 r - (n + 1): twice the rank less its mean, an integer, so that sums of products are exact.
 */
export function centredRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    let balance = 0;
    for (const other of values) balance += direction(value, other);
    return balance;
  });
}
