import { RUN_MULTIPLE } from '../../../model/graph-contract.js';

/** Fewer are computed again sooner than they are kept: every row of a template begins with a few equal tokens. */
const LEAST_KEPT = 32;

/** How many ids two lists begin with alike. */
export function commonBeginning(first: Int32Array, second: Int32Array): number {
  const most = Math.min(first.length, second.length);
  let same = 0;
  while (same < most && first[same] === second[same]) same++;
  return same;
}

/** How many ids of `next` need not be computed where `known` is in the cache: all, else whole runs, or none if they are too few to care. */
export function carriedLength(known: Int32Array, next: Int32Array): number {
  const same = commonBeginning(known, next);
  if (same === next.length && same === known.length) return same;
  return same < LEAST_KEPT ? 0 : same - (same % RUN_MULTIPLE);
}
