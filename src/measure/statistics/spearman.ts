import { centredRanks } from './centred-ranks.js';
import { ALL_TIE, NO_CONTRIBUTION, type Statistic } from './statistic.js';

/**
 * Spearman's rank correlation between scores and labels, from -1 (reversed) to 1 (same order); mean over the rows where it is defined. It
 * is undefined in rows whose scores all tie, and in rows without two different labels.
 */
export const spearman: Statistic = {
  name: 'spearman',
  whyUndefined: ALL_TIE,
  contribution({ scores, labels }) {
    const rho = rankCorrelation(scores, labels);
    // Labels count from the best and scores from the worst, hence the minus; 0 - x because -x would make a zero negative.
    return Number.isNaN(rho) ? NO_CONTRIBUTION : { sum: 0 - rho, count: 1 };
  },
  atRandom: () => ({ sum: 0, count: 1 }),
};

/**
 * Spearman's correlation, from -1 to 1: Pearson's correlation of the ranks, where ties have their average rank ("Rank Correlation Methods",
 * 4th edition, 1970). NaN if all of `a` or all of `b` tie.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const ranksA = centredRanks(a);
  const ranksB = centredRanks(b);
  return dot(ranksA, ranksB) / Math.sqrt(dot(ranksA, ranksA) * dot(ranksB, ranksB));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
