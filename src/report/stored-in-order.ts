import type { PositionEffects } from '../contracts/agreement.js';

/** Above this share of rows, the order of the file and not a bias of the judge makes the first slot the best. */
const IN_ORDER = 0.9;

/** Whether the rows are stored best first. */
export function isStoredInOrder({ stored_best_first }: PositionEffects): boolean {
  return stored_best_first.value !== null && stored_best_first.value > IN_ORDER;
}
