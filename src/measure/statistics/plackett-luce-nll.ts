import { scoreLevels } from './score-levels.js';
import type { LabelledScores, Statistic } from './statistic.js';

/**
 * Negative log-likelihood (NLL) of the labels under the Plackett-Luce model with the rewards as log-odds; mean over rows, in nats. It is at
 * least 0; lower is better. The model draws the answers one after the other, the best first. Each draw has odds exp(reward) among the
 * answers that are left ("The analysis of permutations", J. R. Statist. Soc. C 24, 1975).
 *
 * With tied labels, the likelihood is the sum over all orders of the tied answers ("Marginal likelihoods based on Cox's regression and life
 * model", Biometrika 60, 1973). So a tie says nothing about the order within it. A random guess has ln K!, less ln m! for each tie of m
 * answers. Equal rewards need no treatment. Scores that are not log-odds, such as lengths, have no NLL.
 */
export const plackettLuceNll: Statistic = {
  name: 'plackett_luce_nll',
  ofLogOdds: true,
  whyUndefined: 'these scores are not log-odds, so they give no order a probability',
  contribution: (row) => ({ sum: plackettLuceNats(row), count: 1 }),
  atRandom: ({ labels }) => ({ sum: randomNats(labels), count: 1 }),
};

/** Plackett-Luce NLL of the labels of one row, in nats. */
export function plackettLuceNats({ scores, labels }: LabelledScores): number {
  let nats = 0;
  /** Logarithm of the summed odds of all answers with a worse label. */
  let below = Number.NEGATIVE_INFINITY;
  // From the worst label, the highest number, to the best.
  for (const tied of scoreLevels(labels)) {
    const drawn = tied.map((i) => scores[i]);
    if (below > Number.NEGATIVE_INFINITY) nats -= logChanceToPrecede(drawn, below);
    below = drawn.reduce(logSum, below);
  }
  return nats;
}

/** Plackett-Luce NLL of the labels of one row if all orders are equally likely, in nats. */
export function randomNats(labels: readonly number[]): number {
  return scoreLevels(labels).reduce((nats, tied) => nats - logFactorial(tied.length), logFactorial(labels.length));
}

/** Step of the trapezoidal sum. Its error is about exp(-pi^2 / STEP). */
const STEP = 0.25;
/** Points are left out where the integrand is below exp(-NEGLIGIBLE) of its maximum. */
const NEGLIGIBLE = 40;

/**
 * Log-probability that all answers with these scores are drawn, in any order, before any of the others, whose odds sum to exp(below).
 *
 * Drawing by odds is the order in which exponential clocks with these rates ring. So this is the probability that all m clocks have rung
 * when the first of the others rings. With x the logarithm of that time in units of its mean, it is the integral over x of
 *
 *     exp(x - exp(x)) * product of (1 - exp(-exp(score - below + x)))
 *
 * The integrand falls off so fast that its trapezoidal sum is exact to rounding ("The exponentially convergent trapezoidal rule", SIAM
 * Review 56, 2014). Its logarithm is concave, with the maximum between x = 0 and ln(1 + m). To the left it falls by at least 1 for each
 * unit of x.
 */
function logChanceToPrecede(scores: readonly number[], below: number): number {
  if (scores.length === 1) return scores[0] - logSum(scores[0], below);
  const above = scores.map((score) => score - below);
  const terms = [...logTerms(above, 0, STEP), ...logTerms(above, -STEP, -STEP)];
  const greatest = terms.reduce((a, b) => Math.max(a, b));
  const sum = terms.reduce((total, term) => total + Math.exp(term - greatest), 0);
  return above.reduce((total, score) => total + Math.min(0, score), greatest + Math.log(STEP * sum));
}

/** Logarithms of the integrand at `from`, `from + step`, … while it counts, each less the sum of the negative numbers of `above`. */
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

/** For smaller z, 1 - exp(-exp(z)) rounds to exp(z). */
const TINY = -37;

/** ln(1 - exp(-exp(above + x))), the log-probability that a clock has rung, less a negative `above`: beside a large one x would be lost. */
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
