import type { Sample } from '../bootstrap/measured-rows.js';
import { type ResampledValue, undefinedValue } from '../bootstrap/resampled-value.js';
import { logisticFit } from '../solvers/logistic.js';

/**
 * The T under which the labels of all pairs are likeliest if P(i beats j) = sigmoid((score i - score j) / T): a logistic regression
 * through the origin. Pairs of equal score have probability 1/2 under any T and say nothing.
 */
export function temperature(sample: Sample): ResampledValue {
  let rises = 0;
  let falls = 0;
  let pairs = 0;
  sample.forEachMargin((margin) => {
    rises += Math.max(0, margin);
    falls += Math.max(0, 0 - margin);
    pairs += 1;
  });
  if (rises <= falls) return undefinedValue('the higher score is no likelier to have the better label');
  if (falls === 0) return undefinedValue('every pair is ordered as the labels do, so the smallest T is likeliest');
  const x = [0];
  const fit = logisticFit(sample.resampling, 1, (observe) => {
    sample.forEachMargin((margin, unit) => {
      x[0] = margin;
      observe(x, 1, unit);
    });
  });
  if (fit === undefined) return undefinedValue('no T is likeliest');
  return {
    value: 1 / fit.coefficients[0],
    n: pairs,
    replicates: Float64Array.from(fit.replicates, ([slope]) => 1 / slope),
    prompts: sample.resampling.units,
    whyUndefined: '',
  };
}
