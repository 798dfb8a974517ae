/**
 * A module for `node --import` that prints the peak memory of the process, threads included, when it ends. Linux only: the peak that Node
 * reports is at least that of the parent process.
 */
export const PEAK = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  const peak = () => /^VmHWM:.*$/m.exec(readFileSync('/proc/self/status', 'utf8'))[0];
  if (isMainThread) process.once('exit', () => console.error(peak()));
`)}`;

/** The peak that a process has printed on standard error, in MiB. */
export function peakIn(told: string): number {
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(told)?.[1]) / 1024);
}
