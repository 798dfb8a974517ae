import { scoreLevels } from './score-levels.js';
import type { LabelledScores, Statistic } from './statistic.js';

/**
 * Negative log-likelihood, in nats a row, of the labels under the rewards: Plackett and Luce draw the answers one after the other, the
 * best first, each with odds exp(reward) among those that are left ("The analysis of permutations", J. R. Statist. Soc. C 24, 1975).
 * Lower is better; a random guess has ln K!.
 *
 * Answers of equal label stand in an order that nobody knows. Efron's approximation of the mean over these orders ("The efficiency of Cox's
 * likelihood function for censored data", JASA 72, 1977; a ranking is a Cox model's partial likelihood) weighs down the tied answers
 * evenly as they are drawn. So equal rewards have ln K! nats however the labels tie. Ties of rewards need no treatment.
 */
export const plackettLuceNll: Statistic = {
  name: 'plackett_luce_nll',
  ofLogOdds: true,
  whyUndefined: 'these scores are not on a scale of log-odds, so they make no order likely',
  contribution: (row) => ({ sum: plackettLuceNats(row), count: 1 }),
  atRandom: ({ labels }) => ({ sum: logFactorial(labels.length), count: 1 }),
};

export function plackettLuceNats({ scores, labels }: LabelledScores): number {
  let nats = 0;
  /** Logarithm of the summed odds of all answers that are worse. */
  let below = Number.NEGATIVE_INFINITY;
  // From the worst label, the highest number, to the best.
  for (const tied of scoreLevels(labels)) {
    const ofTied = tied.map((i) => scores[i]);
    const together = ofTied.reduce(logSum, Number.NEGATIVE_INFINITY);
    for (let drawn = 0; drawn < tied.length; drawn++) {
      nats += logSum(below, together + Math.log(1 - drawn / tied.length)) - ofTied[drawn];
    }
    below = logSum(below, together);
  }
  return nats;
}

export function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}

/** ln(e^a + e^b) */
function logSum(a: number, b: number): number {
  const [less, more] = a < b ? [a, b] : [b, a];
  return less === Number.NEGATIVE_INFINITY ? more : more + Math.log1p(Math.exp(less - more));
}
