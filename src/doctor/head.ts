import type { Check } from '../contracts/check.js';

/** Smaller spreads are rounding. */
const LEAST_SPREAD = 1e-4;

/** Checks that rewards differ. Without a head, or with a head of zeros, every answer gets the same reward. */
export function headCheck(rewards: readonly number[]): Check {
  const low = Math.min(...rewards);
  const high = Math.max(...rewards);
  const finite = rewards.every(Number.isFinite);
  const works = finite && high - low > LEAST_SPREAD;
  return {
    check: 'head',
    verdict: works ? 'ok' : 'fail',
    found: finite
      ? `rewards of different answers from ${low.toFixed(4)} to ${high.toFixed(4)}`
      : 'some rewards are NaN or infinite',
    ...(!works && { remedy: 'the head is zero, or the weights are damaged: convert the original checkpoint again' }),
    details: { low: finite ? low : null, high: finite ? high : null, answers: rewards.length },
  };
}
