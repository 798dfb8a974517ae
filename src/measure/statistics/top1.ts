import { ALL_TIE, type Contribution, type LabelledScores, type Statistic } from './statistic.js';

/**
 * Share of rows, from 0 to 1, whose best-scoring answer is among the best-labelled. Where several answers tie for the best score,
 * the row counts with the share of them that are: what picking one of them at random would give.
 * Rows without two different labels enter not at all: there every pick would be right.
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
