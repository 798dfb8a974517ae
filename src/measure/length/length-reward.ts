import type { LengthReward } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import { beatenShares } from '../statistics/beaten-shares.js';
import { rankCorrelation } from '../statistics/spearman.js';

/** About as many as a plot can show. */
const MOST_POINTS = 1000;

/** How far the reward goes by length, and a sample of answers to look at: all of every so many rows. */
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
