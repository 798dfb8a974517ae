/**
 * A module for `node --import` that prints peak memory and processor time of the process, threads included, when it ends. Linux only: the
 * peak that Node reports is at least that of the parent process.
 */
export const PEAK = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  const peak = () => /^VmHWM:.*$/m.exec(readFileSync('/proc/self/status', 'utf8'))[0];
  const seconds = ({ user, system }) => 'CPU: ' + ((user + system) / 1e6).toFixed(1) + ' s';
  if (isMainThread) process.once('exit', () => console.error(peak() + '\\n' + seconds(process.cpuUsage())));
`)}`;

/** The processor time that a process has printed on standard error, in seconds. */
export function processorTimeIn(told: string): number {
  return Number(/^CPU: ([\d.]+) s$/m.exec(told)?.[1]);
}

/** The peak that a process has printed on standard error, in MiB. */
export function peakIn(told: string): number {
  return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(told)?.[1]) / 1024);
}
