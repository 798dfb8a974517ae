import { scoreLevels } from './score-levels.js';
import type { LabelledScores, Statistic } from './statistic.js';

/**
 * Negative log-likelihood, in nats a row, of the labels under the rewards: Plackett and Luce draw the answers one after the other, the
 * best first, each with odds exp(reward) among those that are left ("The analysis of permutations", J. R. Statist. Soc. C 24, 1975).
 * Lower is better.
 *
 * Answers of equal label may have been drawn in any order among themselves: their likelihood is that of all these orders together
 * ("Marginal likelihoods based on Cox's regression and life model", Biometrika 60, 1973). So a tie says nothing about the answers
 * in it, and a random guess has ln K! less ln m! for each m that tie. Ties of rewards need no treatment.
 */
export const plackettLuceNll: Statistic = {
  name: 'plackett_luce_nll',
  ofLogOdds: true,
  whyUndefined: 'these scores are not on a scale of log-odds, so they make no order likely',
  contribution: (row) => ({ sum: plackettLuceNats(row), count: 1 }),
  atRandom: ({ labels }) => ({ sum: randomNats(labels), count: 1 }),
};

export function plackettLuceNats({ scores, labels }: LabelledScores): number {
  let nats = 0;
  /** Logarithm of the summed odds of all answers that are worse. */
  let below = Number.NEGATIVE_INFINITY;
  // From the worst label, the highest number, to the best.
  for (const tied of scoreLevels(labels)) {
    const drawn = tied.map((i) => scores[i]);
    if (below > Number.NEGATIVE_INFINITY) nats -= logChanceToPrecede(drawn, below);
    below = drawn.reduce(logSum, below);
  }
  return nats;
}

/** Nats of the labels where every order is as likely. */
export function randomNats(labels: readonly number[]): number {
  return scoreLevels(labels).reduce((nats, tied) => nats - logFactorial(tied.length), logFactorial(labels.length));
}

/** Between points at which the integral is summed. Its error is about exp(-pi^2 / STEP). */
const STEP = 0.25;
/** Points are left out where the integrand is less than exp(-this) of what it was at its greatest. */
const NEGLIGIBLE = 40;

/**
 * Logarithm of the chance that all of some answers are drawn, in any order, before any of those that have the summed odds exp(below).
 *
 * Draws by odds are the order in which exponential clocks of these rates ring, so it is the chance that all have rung by the time at which
 * the first of the others does. With x the logarithm of that time in units of its mean, it is the integral over x of
 *
 *     exp(x - exp(x)) * product of (1 - exp(-exp(score - below + x)))
 *
 * which falls off so fast that its trapezoidal sum is as good as exact ("The exponentially convergent trapezoidal rule", SIAM Review 56,
 * 2014). Its logarithm is concave, its top is between x = 0 and ln(1 + m), and to the left it falls by at least 1 a unit.
 */
function logChanceToPrecede(scores: readonly number[], below: number): number {
  if (scores.length === 1) return scores[0] - logSum(scores[0], below);
  const above = scores.map((score) => score - below);
  const terms = [...logTerms(above, 0, STEP), ...logTerms(above, -STEP, -STEP)];
  const greatest = terms.reduce((a, b) => Math.max(a, b));
  const sum = terms.reduce((total, term) => total + Math.exp(term - greatest), 0);
  return above.reduce((total, score) => total + Math.min(0, score), greatest + Math.log(STEP * sum));
}

/** Logarithms of the integrand from `x` on, as far as it counts, each without what is the same at every x: the sum of the negative of `above`. */
function logTerms(above: readonly number[], from: number, step: number): number[] {
  const terms: number[] = [];
  let greatest = Number.NEGATIVE_INFINITY;
  for (let x = from; ; x += step) {
    let term = x - Math.exp(x);
    for (const score of above) term += logRungBy(score, x);
    if (term < greatest - NEGLIGIBLE) return terms;
    greatest = Math.max(greatest, term);
    terms.push(term);
  }
}

/** Below this 1 - exp(-exp(z)) is exp(z). */
const TINY = -37;

/** ln(1 - exp(-exp(above + x))), that a clock has rung, less `above` if that is negative: beside a great one x would be lost. */
function logRungBy(above: number, x: number): number {
  if (above + x < TINY) return x + Math.max(0, above);
  return Math.log(-Math.expm1(-Math.exp(above + x))) - Math.min(0, above);
}

function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}

/** ln(e^a + e^b) */
function logSum(a: number, b: number): number {
  const [less, more] = a < b ? [a, b] : [b, a];
  return less === Number.NEGATIVE_INFINITY ? more : more + Math.log1p(Math.exp(less - more));
}
