import type { Sample } from '../bootstrap/measured-rows.js';
import type { ResampledValue } from '../bootstrap/resampled-value.js';
import { direction } from '../statistics/direction.js';

/** Answers of about equal length differ by at most this share of the longer length. */
export const WITHIN = 0.1;

/** Pairwise accuracy, from 0 to 1, over the pairs whose lengths differ by at most a tenth of the longer; equal scores count half. */
export function equalLengthAccuracy(sample: Sample): ResampledValue {
  const column = sample.column();
  const { scores, lengths } = sample.rows;
  sample.rows.forEachComparison((better, worse, row) => {
    const [a, b] = [lengths[better], lengths[worse]];
    if (Math.abs(a - b) > WITHIN * Math.max(a, b)) return;
    column.add(sample.unitOf[row], { sum: (1 + direction(scores[better], scores[worse])) / 2, count: 1 });
  });
  return column.ratio('no two answers of different label are of about equal length');
}
