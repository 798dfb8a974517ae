import { comparisonsWon } from './pairwise-accuracy.js';
import { ALL_TIE, type Statistic } from './statistic.js';

/**
 * Pairwise accuracy of each row, ties as there, then the mean over rows: a row of many answers, or of few ties, weighs no more than another.
 */
export const meanPairwiseAccuracy: Statistic = {
  name: 'mean_pairwise_accuracy',
  whyUndefined: ALL_TIE,
  contribution(row) {
    const { sum, count } = comparisonsWon(row);
    return { sum: sum / count, count: 1 };
  },
  atRandom: () => ({ sum: 0.5, count: 1 }),
};
