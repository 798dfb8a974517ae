import type { Check } from '../contracts/check.js';

export interface Threads {
  cores: number;
  workers: number;
  /** Of each worker. */
  threads: number;
}

export function threadsCheck({ cores, workers, threads }: Threads): Check {
  const isMore = workers * threads > cores;
  return {
    check: 'threads',
    verdict: isMore ? 'warn' : 'ok',
    found: `${workers} workers with ${threads} threads each on ${cores} cores`.replace(/\b1 (\w+)s\b/g, '1 $1'),
    ...(isMore && { remedy: 'more threads than cores only wait for each other; lower --workers or --threads' }),
    details: { cores, workers, threads },
  };
}
