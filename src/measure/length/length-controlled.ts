import type { Sample } from '../bootstrap/measured-rows.js';
import { type ResampledValue, undefinedValue } from '../bootstrap/resampled-value.js';
import { logisticFit, type Observe } from '../solvers/logistic.js';

export interface LengthControlled {
  accuracy: ResampledValue;
  /** The coefficient b, in log-odds. */
  effect: ResampledValue;
}

/**
 * Length-controlled pairwise accuracy, from 0 to 1, after the length-controlled win rate of AlpacaEval 2 ("Length-Controlled AlpacaEval: A
 * Simple Way to Debias Automatic Evaluators", arXiv 2404.04475): a logistic regression with a length term, evaluated where that term is 0.
 * AlpacaEval's outcome is whether a model's answer beats the baseline's. Here it is whether the label of a comparison prefers the answer
 * that the reward prefers:
 *
 *     P(label agrees) = sigmoid(a + b tanh(l / s)),  l = length of the reward's choice less that of the other, s = root mean square of l
 *
 * The accuracy is sigmoid(a). AlpacaEval's terms for models and for the difficulty of a prompt have no counterpart, as there is only one
 * reward model. If the rewards are equal, each answer is the choice with half the weight.
 *
 * Undefined if all compared answers are equally long, and if reward and length separate the labels.
 */
export function lengthControlled(sample: Sample): LengthControlled {
  const { pairs, scale } = differences(sample);
  if (scale === 0) return undefinedBoth('all answers that are compared are equally long');
  const fit = logisticFit(sample.resampling, 2, (observe) => observePairs(sample, scale, observe));
  if (fit === undefined)
    return undefinedBoth('reward and length predict every label, so the regression has no finite solution');
  const resampled = (of: (coefficients: Float64Array) => number): ResampledValue => ({
    value: of(fit.coefficients),
    n: pairs,
    replicates: Float64Array.from(fit.replicates, of),
    prompts: sample.resampling.units,
    whyUndefined: '',
  });
  return { accuracy: resampled(([a]) => 1 / (1 + Math.exp(-a))), effect: resampled(([, b]) => b) };
}

/** @returns the number of pairs, and as `scale` the root mean square of their differences in length */
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
  // The label disagrees with log-odds -a - b t. The choice is then the worse answer, so -t is the length term of the better.
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
