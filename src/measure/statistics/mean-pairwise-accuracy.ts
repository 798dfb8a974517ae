import { comparisonsWon } from './pairwise-accuracy.js';
import { ALL_TIE, type Statistic } from './statistic.js';

/**
 * Mean over rows of the row's pairwise accuracy, from 0 to 1; pairs of equal score count half. Each row has the same weight, whatever its
 * number of answers or of ties. It is undefined in rows without two different labels.
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
