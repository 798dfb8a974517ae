import type { Sample } from '../bootstrap/measured-rows.js';
import type { ResampledValue } from '../bootstrap/resampled-value.js';
import { direction } from '../statistics/direction.js';

/** Share of the longer length that two answers of about equal length may differ by. */
export const WITHIN = 0.1;

/** Pairwise accuracy among the pairs whose lengths differ by at most a tenth of the longer; score ties count half. */
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
