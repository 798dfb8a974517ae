import { centredRanks } from './centred-ranks.js';

/** For each answer, the share of the other answers of its row that are labelled worse; equal labels count half. 1 = best, 0 = worst. */
export function beatenShares(labels: readonly number[]): number[] {
  const others = labels.length - 1;
  return centredRanks(labels).map((balance) => (others - balance) / (2 * others));
}
