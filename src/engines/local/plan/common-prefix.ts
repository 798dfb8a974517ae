import { commonPrefixLength } from '../../../model/common-prefix.js';
import { RUN_MULTIPLE } from '../../../model/graph-contract.js';

/** Shorter prefixes are computed again, which is faster than reusing them. Rows of one template always share a few tokens. */
const LEAST_KEPT = 32;

/** Length of the reusable KV-cache prefix of `next` when `known` is cached, rounded down to RUN_MULTIPLE. Short prefixes count as 0. */
export function carriedLength(known: Int32Array, next: Int32Array): number {
  const same = commonPrefixLength(known, next);
  if (same === next.length && same === known.length) return same;
  return same < LEAST_KEPT ? 0 : same - (same % RUN_MULTIPLE);
}
