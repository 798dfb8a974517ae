import { scoreLevels } from './score-levels.js';
import { ALL_TIE, type Contribution, type LabelledScores, type Statistic } from './statistic.js';

/**
 * Normalized discounted cumulative gain of the whole row, above 0 and at most 1 (the best order); mean over rows. It is the sum of
 * gain / log2(p + 1) over the places p = 1 to K, divided by that of the best order ("Cumulated gain-based evaluation of IR techniques",
 * ACM TOIS 20, 2002). The gain of an answer is the number of answers of its row that are labelled worse. Each of several answers of equal
 * score gets their mean gain, which is the mean over all their orders ("Computing information retrieval performance measures efficiently
 * in the presence of tied scores", ECIR 2008). It is undefined in rows without two different labels.
 */
export const ndcg: Statistic = {
  name: 'ndcg',
  whyUndefined: ALL_TIE,
  contribution: normalizedGain,
  atRandom: ({ labels }) => normalizedGain({ labels, scores: labels.map(() => 0) }),
};

function normalizedGain({ scores, labels }: LabelledScores): Contribution {
  const gains = labels.map((label) => labels.reduce((worse, other) => worse + Number(other > label), 0));
  return { sum: discounted(gains, scores) / discounted(gains, gains), count: 1 };
}

function discounted(gains: readonly number[], scores: readonly number[]): number {
  let place = 0;
  let sum = 0;
  for (const level of scoreLevels(scores)) {
    const gain = level.reduce((all, i) => all + gains[i], 0) / level.length;
    for (let i = 0; i < level.length; i++) sum += gain / Math.log2(++place + 1);
  }
  return sum;
}
