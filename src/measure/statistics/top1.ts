import { ALL_TIE, type Contribution, type LabelledScores, type Statistic } from './statistic.js';

/**
 * Share of rows, from 0 to 1, whose best-scoring answer has the best label. Where several answers tie for the best score, the row counts as
 * the share of them that have the best label: the expected result of picking one at random. Rows without two different labels do not
 * count, because every pick would be right.
 */
export const top1: Statistic = {
  name: 'top1',
  whyUndefined: ALL_TIE,
  contribution: bestPicked,
  atRandom: ({ labels }) => bestPicked({ labels, scores: labels.map(() => 0) }),
};

function bestPicked({ scores, labels }: LabelledScores): Contribution {
  const bestScore = scores.reduce((a, b) => Math.max(a, b));
  const bestLabel = labels.reduce((a, b) => Math.min(a, b));
  const picked = labels.filter((_, i) => scores[i] === bestScore);
  const right = picked.filter((label) => label === bestLabel);
  return { sum: right.length / picked.length, count: 1 };
}
