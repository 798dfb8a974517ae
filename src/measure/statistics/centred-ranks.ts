import { direction } from './direction.js';

/**
 * For each value, the number of smaller values minus the number of greater ones. With average ranks r (from 1) for ties this is
 * 2 r - (n + 1), twice the distance of the rank from the mean rank. It is an integer, so sums of products are exact.
 */
export function centredRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    let balance = 0;
    for (const other of values) balance += direction(value, other);
    return balance;
  });
}
