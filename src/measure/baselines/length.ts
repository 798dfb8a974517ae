import type { ComparedRows } from '../rows/compared-rows.js';

/** The longer answer is better. Each score is the length in Unicode code points. */
export function lengthScores(rows: ComparedRows): Float64Array {
  return rows.lengths.slice();
}
