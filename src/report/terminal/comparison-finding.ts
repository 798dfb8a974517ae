import type { Change, Comparison } from '../../contracts/agreement.js';
import { counted, percentNumber } from '../numbers.js';
import { intervalText, valueText } from '../titles.js';

/** The main changes from A to B, in words. */
export function comparisonFinding({ rows, flipped_pairs, changed_best, statistics }: Comparison): string {
  if (rows === 0) return 'Nothing to compare: no row is in both runs.';
  const orders =
    flipped_pairs.value === 0
      ? 'The two runs order every pair of answers alike.'
      : `The two runs order ${valueText(flipped_pairs.value, true)} of the pairs of answers differently, and choose another best answer in ` +
        `${valueText(changed_best.value, true)} of the rows.`;
  const change: Change | undefined = statistics.pairwise_accuracy;
  return change === undefined ? orders : `${orders} ${accuracy(change)}`;
}

function accuracy({ a, b, difference }: Change): string {
  const { value, low, high, n } = difference;
  if (value === null) return 'Without labels, neither can be called better.';
  const [ofA, ofB] = [a.value, b.value].map((share) => valueText(share, true));
  const points = `${percentNumber(Math.abs(value))} points ${value < 0 ? 'fewer' : 'more'}`;
  const found = `B orders ${ofB} of ${counted(n, 'pair')} as the labels do, A ${ofA}: ${points}`;
  if (low === null || high === null) return `${found}; so few prompts are no evidence for others.`;
  const interval = intervalText(low, high, true);
  return low <= 0 && high >= 0 ? `${found} (${interval}), so no difference is shown.` : `${found} (${interval}).`;
}
