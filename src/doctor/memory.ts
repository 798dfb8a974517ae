import type { Check } from '../contracts/check.js';

export interface Memory {
  workers: number;
  /** Bytes of the graph's weights on the disk. */
  weights: number;
  /** Bytes of keys and values that the model keeps of one token. */
  cachePerToken: number;
  maxLength: number;
  /** Bytes that this process may still take. */
  available: number;
}

/** Node, the tokenizer and the runtime without a model: measured 150 to 190 MB. */
const BASE = 200e6;
/** What a worker holds for each byte of weights: measured 1.14 for fp32, 1.5 for int8, whose weights are packed anew for the kernels, 1.1 for q4 of 7B. */
const PACKED = 1.5;
/** The keys and values of the shared beginning, and those with a continuation. */
const CACHES = 2;
/** Others need memory too. */
const COMFORT = 0.8;

/** Whether the model fits before it is loaded: too little memory ends a process without a word. */
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
  const others = 'a smaller --dtype or --max-length, or end other programs';
  return workers > 1 ? `use fewer --workers (each holds the weights), ${others}` : `use ${others}`;
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e10 ? 2 : 0);
}
