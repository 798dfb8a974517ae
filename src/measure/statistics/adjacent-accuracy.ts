import { forEachComparison } from './comparisons.js';
import { direction } from './direction.js';
import { labelLevels } from './label-levels.js';
import { ALL_TIE, type Contribution, type LabelledScores, type Statistic } from './statistic.js';

/**
 * Like pairwise accuracy, but only for pairs whose labels are neighbours among the row's distinct labels: the hardest pairs.
 * With ties in the labels that is every pair between two neighbouring levels. Without ties it is the accuracy over the
 * K - 1 adjacent pairs that K-wise training reports (arXiv 2301.11270). Rows without two different labels enter not at all.
 */
export const adjacentAccuracy: Statistic = {
  name: 'adjacent_accuracy',
  whyUndefined: ALL_TIE,
  contribution: neighboursWon,
  atRandom(row) {
    const { count } = neighboursWon(row);
    return { sum: count / 2, count };
  },
};

function neighboursWon({ scores, labels }: LabelledScores): Contribution {
  const levels = labelLevels(labels);
  let doubledSum = 0;
  let count = 0;
  forEachComparison(labels, (better, worse) => {
    if (levels[worse] - levels[better] !== 1) return;
    doubledSum += 1 + direction(scores[better], scores[worse]);
    count += 1;
  });
  return { sum: doubledSum / 2, count };
}
