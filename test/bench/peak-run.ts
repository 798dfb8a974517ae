import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { ROOT } from '../root.js';
import { PEAK, peakIn } from './peak.js';

/** Starts `score` on an input, so that it prints its peak memory at the end. */
export function startScore(file: string, ...args: string[]) {
  return spawn(process.execPath, ['--import', PEAK, join(ROOT, 'bin/starling-rm'), 'score', file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Closes the pipe after the first line, as `| head -1` does. */
export async function firstRanking(file: string, ...args: string[]): Promise<string> {
  const begin = performance.now();
  const child = startScore(file, '-q', ...args);
  const told = text(child.stderr);
  const closed = once(child, 'close');
  await once(createInterface({ input: child.stdout }), 'line');
  const first = performance.now() - begin;
  child.stdout.destroy();
  const [code] = await closed;
  const ended = performance.now() - begin;
  return `first ranking after ${seconds(first)}, ended ${seconds(ended)} after the start with code ${code}, peak RSS ${peakIn(await told)} MiB`;
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
