import type { Sample } from '../bootstrap/measured-rows.js';
import { type ResampledValue, undefinedValue } from '../bootstrap/resampled-value.js';
import { logisticFit, type Observe } from '../solvers/logistic.js';

export interface LengthControlled {
  accuracy: ResampledValue;
  /** The coefficient b. */
  effect: ResampledValue;
}

/**
 * Pairwise accuracy with the length held equal, as AlpacaEval 2 controls its win rate ("Length-Controlled AlpacaEval: A Simple Way to
 * Debias Automatic Evaluators", arXiv 2404.04475): a logistic regression with a length term, read where that term is 0. There the
 * outcome is whether a model's answer beats the baseline's; here, in each comparison, whether the label prefers the answer that
 * the reward prefers:
 *
 *     P(label agrees) = sigmoid(a + b tanh(l / s)),  l = length of the reward's choice less that of the other, s = root mean square of l
 *
 * and the accuracy is sigmoid(a). Its terms for models and for the difficulty of a prompt have no counterpart: the reward is one for
 * all. Where the rewards are equal either answer is the choice, with half the weight each.
 */
export function lengthControlled(sample: Sample): LengthControlled {
  const { pairs, scale } = differences(sample);
  if (scale === 0) return undefinedBoth('all answers that are compared are equally long');
  const fit = logisticFit(sample.resampling, 2, (observe) => observePairs(sample, scale, observe));
  if (fit === undefined)
    return undefinedBoth('reward or length tells every label, so the regression has no finite answer');
  const resampled = (of: (coefficients: Float64Array) => number): ResampledValue => ({
    value: of(fit.coefficients),
    n: pairs,
    replicates: Float64Array.from(fit.replicates, of),
    prompts: sample.resampling.units,
    whyUndefined: '',
  });
  return { accuracy: resampled(([a]) => 1 / (1 + Math.exp(-a))), effect: resampled(([, b]) => b) };
}

/** @returns `scale` the root mean square of the differences in length */
function differences({ rows }: Sample): { pairs: number; scale: number } {
  let pairs = 0;
  let squares = 0;
  const { lengths } = rows;
  rows.forEachComparison((better, worse) => {
    pairs += 1;
    squares += (lengths[better] - lengths[worse]) ** 2;
  });
  return { pairs, scale: Math.sqrt(squares / pairs) };
}

function observePairs({ rows, unitOf }: Sample, scale: number, observe: Observe): void {
  const { scores, lengths } = rows;
  // That the label disagrees has the log-odds -a - b t. There the choice is the worse answer, so -t is the term from the better.
  const agrees = [1, 0];
  const disagrees = [-1, 0];
  rows.forEachComparison((better, worse, row) => {
    agrees[1] = Math.tanh((lengths[better] - lengths[worse]) / scale);
    disagrees[1] = agrees[1];
    const margin = Math.sign(scores[better] - scores[worse]);
    if (margin >= 0) observe(agrees, (1 + margin) / 2, unitOf[row]);
    if (margin <= 0) observe(disagrees, (1 - margin) / 2, unitOf[row]);
  });
}

function undefinedBoth(why: string): LengthControlled {
  return { accuracy: undefinedValue(why), effect: undefinedValue(why) };
}
