import { forEachComparison } from './comparisons.js';
import { direction } from './direction.js';
import { labelLevels } from './label-levels.js';
import { ALL_TIE, type Contribution, type LabelledScores, type Statistic } from './statistic.js';

/**
 * Pairwise accuracy, from 0 to 1, over the hardest pairs: those whose labels are neighbours among the row's distinct labels. With tied
 * labels these are all pairs between two neighbouring levels. Without ties they are the K - 1 adjacent pairs whose accuracy K-wise
 * training reports (arXiv 2301.11270). Pairs are pooled over rows; pairs of equal score count half. Rows without two different labels
 * have no such pair.
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
