import type { Check } from '../contracts/check.js';

/** A random model gets eight or more of ten pairs right in 5 % of cases. */
const ENOUGH = 8;

/**
 * Checks that clearly better answers get higher rewards. An untrained head, a wrong template or a wrong readout shows here.
 * @param pairs for each prompt the rewards of the better and of the worse answer
 */
export function senseCheck(pairs: readonly { better: number; worse: number }[]): Check {
  const right = pairs.filter(({ better, worse }) => better > worse).length;
  const enough = right >= ENOUGH;
  return {
    check: 'sense',
    verdict: enough ? 'ok' : 'warn',
    found: `${right} of ${pairs.length} clearly better answers get the higher reward`,
    ...(!enough && { remedy: 'check that template, readout and BOS are those of the training' }),
    details: { pairs },
  };
}
