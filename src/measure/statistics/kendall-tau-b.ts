import { direction } from './direction.js';
import { ALL_TIE, NO_CONTRIBUTION, type Statistic } from './statistic.js';

/**
 * Kendall's tau-b between scores and labels, from -1 (reversed) to 1 (same order); mean over the rows where it is defined. It is undefined
 * in rows whose scores all tie, and in rows without two different labels.
 */
export const kendallTauB: Statistic = {
  name: 'kendall_tau_b',
  whyUndefined: ALL_TIE,
  contribution({ scores, labels }) {
    const tau = tauB(scores, labels);
    // Labels count from the best and scores from the worst, hence the minus; 0 - x because -x would make a zero negative.
    return Number.isNaN(tau) ? NO_CONTRIBUTION : { sum: 0 - tau, count: 1 };
  },
  atRandom: () => ({ sum: 0, count: 1 }),
};

/**
 * tau-b = (concordant - discordant) / sqrt(pairs untied in a * pairs untied in b)
 * ("The treatment of ties in ranking problems", Biometrika 33, 1945). NaN if all of `a` or all of `b` tie.
 */
export function tauB(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let concordance = 0;
  let untiedA = 0;
  let untiedB = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = i + 1; j < a.length; j++) {
      const byA = direction(a[i], a[j]);
      const byB = direction(b[i], b[j]);
      concordance += byA * byB;
      untiedA += byA * byA;
      untiedB += byB * byB;
    }
  }
  return concordance / Math.sqrt(untiedA * untiedB);
}
