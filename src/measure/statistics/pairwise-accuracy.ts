import { forEachComparison } from './comparisons.js';
import { direction } from './direction.js';
import { ALL_TIE, type Contribution, type LabelledScores, type Statistic } from './statistic.js';

/**
 * Share, from 0 to 1, of all pairs of different label that the scores order as the labels do, pooled over rows. Pairs of equal score count
 * half. Pairs of equal label are not compared, so rows without two different labels have none.
 *
 * This is the probability of concordance with ties counted half, as for the area under a ROC curve ("The meaning and use of the area under
 * a receiver operating characteristic (ROC) curve", Radiology 143, 1982).
 */
export const pairwiseAccuracy: Statistic = {
  name: 'pairwise_accuracy',
  whyUndefined: ALL_TIE,
  contribution: comparisonsWon,
  atRandom(row) {
    const { count } = comparisonsWon(row);
    return { sum: count / 2, count };
  },
};

/** `sum`: comparisons that the scores order as the labels do, where equal scores count half. `count`: all comparisons. */
export function comparisonsWon({ scores, labels }: LabelledScores): Contribution {
  let doubledSum = 0;
  let count = 0;
  forEachComparison(labels, (better, worse) => {
    doubledSum += 1 + direction(scores[better], scores[worse]);
    count += 1;
  });
  return { sum: doubledSum / 2, count };
}
