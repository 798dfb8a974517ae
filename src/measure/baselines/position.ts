import type { ComparedRows } from '../rows/compared-rows.js';

/** What stands first in its row is better: labels that follow the order in the file say nothing that the file did not. */
export function positionScores(rows: ComparedRows): Float64Array {
  return Float64Array.from(rows.positions, (position) => 0 - position);
}
