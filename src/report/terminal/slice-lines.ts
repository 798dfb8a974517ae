import type { Slice, SliceTable } from '../../contracts/agreement.js';
import { counted, countText, levelText } from '../numbers.js';
import { intervalText, valueText } from '../titles.js';
import { fitted, shortened } from './columns.js';

const VALUE_WIDTH = 20;

/** The pairwise accuracy of each slice, beside choosing by length. */
export function sliceLines({ by, slices, left_out }: SliceTable, level: number): string[] {
  if (slices.length === 0) return [];
  const header = [`by ${shortened(by, VALUE_WIDTH - 3)}`, 'rows', 'pairs', 'accuracy', `${levelText(level)} interval`];
  const lines = fitted([[...header, 'reward - longer'], ...slices.map(sliceLine)]);
  return left_out === 0 ? lines : [...lines, `and ${counted(left_out, 'smaller slice')}`];
}

function sliceLine({ value, rows, comparisons, statistics, differences }: Slice): string[] {
  const accuracy = statistics.pairwise_accuracy;
  const difference = differences.length.pairwise_accuracy;
  return [
    value === null ? '(none)' : shortened(value, VALUE_WIDTH),
    countText(rows),
    countText(comparisons),
    valueText(accuracy.value, true),
    intervalText(accuracy.low, accuracy.high, true),
    intervalText(difference.low, difference.high, true),
  ];
}
