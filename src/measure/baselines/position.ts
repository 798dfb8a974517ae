import type { ComparedRows } from '../rows/compared-rows.js';

/** The answer that comes first in its row is better. High agreement shows that the labels follow the order in the file. */
export function positionScores(rows: ComparedRows): Float64Array {
  return Float64Array.from(rows.positions, (position) => 0 - position);
}
