import type { PositionEffects } from '../contracts/agreement.js';

/** Enough that the order in the file, and not a habit of the judge, makes the first slot the best. */
const IN_ORDER = 0.9;

export function isStoredInOrder({ stored_best_first }: PositionEffects): boolean {
  return stored_best_first.value !== null && stored_best_first.value > IN_ORDER;
}
