import type { Check } from '../contracts/check.js';

export interface Memory {
  workers: number;
  /** Bytes of the weights on disk. */
  weights: number;
  /** Bytes of keys and values of one token. */
  cachePerToken: number;
  /** In tokens. */
  maxLength: number;
  /** Bytes that this process can still allocate. */
  available: number;
}

/** Bytes of Node, the tokenizer and the runtime without a model: measured 150 to 190 MB. */
const BASE = 200e6;
/**
 * Bytes that a worker holds for each byte of weights: measured 1.14 for fp32, 1.5 for int8 (repacked for the kernels), 1.1 for q4 of 7B.
 */
const PACKED = 1.5;
/** The cache of the common prefix, and the cache extended by an answer. */
const CACHES = 2;
/** Share of the available memory that may be used without a warning. */
const COMFORT = 0.8;

/** Estimates, before the model is loaded, whether it fits. Out of memory, the system kills a process without a message. */
export function memoryCheck({ workers, weights, cachePerToken, maxLength, available }: Memory): Check {
  const needed = BASE + workers * (PACKED * weights + CACHES * cachePerToken * maxLength);
  const verdict = needed > available ? 'fail' : needed > COMFORT * available ? 'warn' : 'ok';
  return {
    check: 'memory',
    verdict,
    found: `about ${gigabytes(needed)} GB needed with ${workers} worker${workers === 1 ? '' : 's'}, ${gigabytes(available)} GB available`,
    ...(verdict !== 'ok' && { remedy: remedyFor(workers) }),
    details: { needed_bytes: Math.round(needed), available_bytes: available, workers, weights_bytes: weights },
  };
}

function remedyFor(workers: number): string {
  const others = 'a smaller --dtype or --max-length, or close other programs';
  return workers > 1 ? `use fewer --workers (each holds the weights), ${others}` : `use ${others}`;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0);
}
