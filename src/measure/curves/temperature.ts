import type { Sample } from '../bootstrap/measured-rows.js';
import { type ResampledValue, undefinedValue } from '../bootstrap/resampled-value.js';
import { logisticFit } from '../solvers/logistic.js';

/**
 * The maximum-likelihood T > 0 of P(i beats j) = sigmoid((score i - score j) / T), in the unit of the scores, over all pairs of different
 * label: temperature scaling ("On calibration of modern neural networks", ICML 2017), fitted as a logistic regression without intercept.
 * Pairs of equal score have probability 1/2 under any T and do not affect it.
 *
 * Undefined where the mean margin of the pairs is not positive, and where the scores order no pair against the labels.
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
  if (falls === 0)
    return undefinedValue('no pair is ordered against the labels, so the likelihood has no maximum above T = 0');
  const x = [0];
  const fit = logisticFit(sample.resampling, 1, (observe) => {
    sample.forEachMargin((margin, unit) => {
      x[0] = margin;
      observe(x, 1, unit);
    });
  });
  if (fit === undefined) return undefinedValue('the fit of T did not converge');
  return {
    value: 1 / fit.coefficients[0],
    n: pairs,
    replicates: Float64Array.from(fit.replicates, ([slope]) => 1 / slope),
    prompts: sample.resampling.units,
    whyUndefined: '',
  };
}
