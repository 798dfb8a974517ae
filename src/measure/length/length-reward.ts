import type { LengthReward } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { beatenShares } from '../statistics/beaten-shares.js';
import { rankCorrelation } from '../statistics/spearman.js';

/** About as many points as a plot can show. */
const MOST_POINTS = 1000;

/**
 * Spearman's correlation of reward and length, from -1 to 1, mean over the rows where it is defined. `points` is a sample for a plot: all
 * labelled answers of every n-th row, as length, reward less the row's mean, and share of the other answers beaten by label.
 */
export function lengthReward(sample: Sample): LengthReward {
  const { rows, unitOf } = sample;
  const every = Math.max(1, Math.ceil(rows.scores.length / MOST_POINTS));
  const column = sample.column();
  const points: LengthReward['points'] = [];
  for (const { row, scores, labels, lengths } of rows) {
    const correlation = rankCorrelation(scores, lengths);
    if (!Number.isNaN(correlation)) column.add(unitOf[row], { sum: correlation, count: 1 });
    if (row % every > 0) continue;
    const mean = scores.reduce((sum, score) => sum + score / scores.length, 0);
    const beaten = beatenShares(labels);
    points.push(...scores.map((score, i): LengthReward['points'][0] => [lengths[i], score - mean, beaten[i]]));
  }
  const spearman = sample.estimate(column.ratio('all rewards or all lengths tie in every row with labels'));
  return { spearman, points };
}
