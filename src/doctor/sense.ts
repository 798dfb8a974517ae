import type { Check } from '../contracts/check.js';

/** Of ten, a model that knows nothing gets eight or more right in 5 % of cases. */
const ENOUGH = 8;

/**
 * Whether answers that anybody would call better get more. A head that was never trained, a wrong template or the wrong readout shows here.
 * @param pairs rewards of the better and of the worse answer of one prompt
 */
export function senseCheck(pairs: readonly { better: number; worse: number }[]): Check {
  const right = pairs.filter(({ better, worse }) => better > worse).length;
  const enough = right >= ENOUGH;
  return {
    check: 'sense',
    verdict: enough ? 'ok' : 'warn',
    found: `of ${pairs.length} plainly better answers ${right} get more than the worse one`,
    ...(!enough && { remedy: 'check template, readout and BOS against how the model was trained' }),
    details: { pairs },
  };
}
