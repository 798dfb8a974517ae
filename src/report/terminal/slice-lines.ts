import type { Evaluation, Slice, SliceTable } from '../../contracts/agreement.js';
import { countText, levelText } from '../numbers.js';
import { overlapNote } from '../overlap-note.js';
import { intervalText, valueText } from '../titles.js';
import { fitted, shortened, wrapped } from './columns.js';

const VALUE_WIDTH = 20;

/** The pairwise accuracy of each slice beside the longer answer's, with notes on slices that are cut or overlap. */
export function sliceLines({ by, slices, left_out }: SliceTable, { rows_compared, bootstrap }: Evaluation): string[] {
  if (slices.length === 0) return [];
  const header = [
    `by ${shortened(by, VALUE_WIDTH - 3)}`,
    'rows',
    'pairs',
    'accuracy',
    `${levelText(bootstrap.level)} interval`,
  ];
  const lines = fitted([[...header, 'reward - longer'], ...slices.map(sliceLine)]);
  const notes = [cutNote(slices.length, left_out), overlapNote(by, slices, rows_compared, 'pairs')];
  return [...lines, ...notes.filter((note) => note !== undefined).flatMap(wrapped)];
}

/** Says that only the largest slices are shown, where some are left out. */
export function cutNote(shown: number, leftOut: number): string | undefined {
  return leftOut === 0 ? undefined : `The largest ${shown} of ${countText(shown + leftOut)} slices.`;
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
