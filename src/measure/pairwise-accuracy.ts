import { forEachComparison } from './comparisons.js';
import { direction } from './direction.js';
import type { Contribution, LabelledScores, Statistic } from './statistic.js';

/**
 * Share, from 0 to 1, of all pairs of different label that the scores order as the labels do, pooled over rows;
 * pairs of equal score count half. Pairs of equal label are no comparison, so rows without two different labels enter not at all.
 */
export const pairwiseAccuracy: Statistic = { name: 'pairwise_accuracy', contribution };

function contribution({ scores, labels }: LabelledScores): Contribution {
  let doubledSum = 0;
  let count = 0;
  forEachComparison(labels, (better, worse) => {
    doubledSum += 1 + direction(scores[better], scores[worse]);
    count += 1;
  });
  return { sum: doubledSum / 2, count };
}
