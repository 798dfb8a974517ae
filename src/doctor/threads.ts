import type { Check } from '../contracts/check.js';

export interface Threads {
  cores: number;
  workers: number;
  /** Threads of each worker. */
  threads: number;
}

export function threadsCheck({ cores, workers, threads }: Threads): Check {
  const isMore = workers * threads > cores;
  return {
    check: 'threads',
    verdict: isMore ? 'warn' : 'ok',
    found: `${workers} workers with ${threads} threads each on ${cores} cores`.replace(/\b1 (\w+)s\b/g, '1 $1'),
    ...(isMore && { remedy: 'lower --workers or --threads: threads beyond the number of cores only wait' }),
    details: { cores, workers, threads },
  };
}
