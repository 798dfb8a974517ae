import { centredRanks } from './centred-ranks.js';
import { type Contribution, type LabelledScores, NO_CONTRIBUTION, type Statistic } from './statistic.js';

/**
 * Spearman's rank correlation between scores and labels, 1 = same order, -1 = reversed; mean over the rows where it is defined.
 * It is not where all scores tie, nor in rows without two different labels.
 *
 * Pearson's correlation of the ranks, ties with their average rank ("Rank Correlation Methods", 4th edition, 1970).
 */
export const spearman: Statistic = { name: 'spearman', contribution };

function contribution({ scores, labels }: LabelledScores): Contribution {
  const byScore = centredRanks(scores);
  const byLabel = centredRanks(labels);
  const spread = dot(byScore, byScore) * dot(byLabel, byLabel);
  if (spread === 0) return NO_CONTRIBUTION;
  // Labels count from the best and scores from the worst, hence the minus; 0 - x because -x would make a zero negative.
  return { sum: (0 - dot(byScore, byLabel)) / Math.sqrt(spread), count: 1 };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}
