import type { FlippedRow } from '../../contracts/agreement.js';
import { TopK } from '../audit/top-k.js';
import { byCodeUnits } from '../rows/by-code-units.js';
import type { PairedRuns } from './paired-runs.js';
import { namesIn } from './run-row.js';

const SHOWN = 20;

/** The rows with the most flipped pairs, the most first. @param keys of the paired rows @param gained of each row, as in `FlippedRow` */
export function mostFlipped(
  keys: readonly string[],
  { flipped, pairs }: PairedRuns,
  gained: Float64Array,
): FlippedRow[] {
  const worst = new TopK<FlippedRow>(SHOWN, byName);
  keys.forEach((key, row) => {
    if (flipped[row] === 0) return;
    worst.add(flipped[row], () => ({
      ...namesIn(key),
      flipped: flipped[row],
      pairs: pairs[row],
      gained: gained[row],
    }));
  });
  return worst.items;
}

/** Rows of the same name and prompt are compared by their numbers. */
function byName(a: FlippedRow, b: FlippedRow): number {
  return (
    byCodeUnits(a.prompt_id, b.prompt_id) || byCodeUnits(a.name, b.name) || a.pairs - b.pairs || a.gained - b.gained
  );
}
