import { direction } from './direction.js';
import { type Contribution, type LabelledScores, NO_CONTRIBUTION, type Statistic } from './statistic.js';

/**
 * Kendall's tau-b between scores and labels, 1 = same order, -1 = reversed; mean over the rows where it is defined.
 * It is not where all scores tie, nor in rows without two different labels.
 *
 * tau-b = (concordant - discordant) / sqrt(pairs untied in score * pairs untied in label)
 * ("The treatment of ties in ranking problems", Biometrika 33, 1945).
 */
export const kendallTauB: Statistic = { name: 'kendall_tau_b', contribution };

function contribution({ scores, labels }: LabelledScores): Contribution {
  let concordance = 0;
  let untiedScores = 0;
  let untiedLabels = 0;
  for (let i = 0; i < scores.length; i++) {
    for (let j = i + 1; j < scores.length; j++) {
      const byScore = direction(scores[i], scores[j]);
      const byLabel = direction(labels[j], labels[i]);
      concordance += byScore * byLabel;
      untiedScores += byScore * byScore;
      untiedLabels += byLabel * byLabel;
    }
  }
  if (untiedScores === 0 || untiedLabels === 0) return NO_CONTRIBUTION;
  return { sum: concordance / Math.sqrt(untiedScores * untiedLabels), count: 1 };
}
