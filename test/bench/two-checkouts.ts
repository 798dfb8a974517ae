import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { ROOT, SAMPLE } from '../root.js';
import { spreadOf } from './spread.js';

/**
 * Compares this checkout with another built one, in turns: the time of a start with one row, and of scoring the sample. A ratio below 1
 * means that this one is faster. To be run on an idle machine:
 *
 *     npm run build && node dist/test/bench/two-checkouts.js ../other [ROUNDS]
 */
const [other, rounds = '15'] = process.argv.slice(2);

const RUNS = [
  { what: 'start and one row', args: ['score', SAMPLE, '--limit', '1', '-q'] },
  { what: 'the sample, 28 rows of seven answers', args: ['score', SAMPLE, '-q'] },
];

interface Cost {
  wall: number;
  /** User and system time. */
  processor: number;
}

/** Seconds, from GNU time. */
function costOf(checkout: string, args: readonly string[]): Cost {
  const command = [join(checkout, 'bin/starling-rm'), ...args];
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%e %U %S', ...command], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  const [wall, user, system] = stderr.trim().split(' ').map(Number);
  return { wall, processor: user + system };
}

function print(what: string, ratios: readonly number[], here: readonly number[]): void {
  const { median, low, high } = spreadOf(ratios);
  const seconds = spreadOf(here).median.toFixed(2);
  console.log(`${what}: ${median.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}), here ${seconds} s`);
}

console.log(`${cpus()[0].model}, ${cpus().length} cores, ${rounds} rounds; time here over time there, median (range)`);
for (const { what, args } of RUNS) {
  const pairs = Array.from({ length: Number(rounds) }, (_, i) => {
    // The checkouts take turns in going first.
    const order = i % 2 === 0 ? [ROOT, other] : [other, ROOT];
    const costs = new Map(order.map((checkout) => [checkout, costOf(checkout, args)]));
    return { here: costs.get(ROOT), there: costs.get(other) };
  });
  for (const kind of ['wall', 'processor'] as const) {
    const here = pairs.map((pair) => pair.here?.[kind] ?? Number.NaN);
    const ratios = pairs.map((pair, i) => here[i] / (pair.there?.[kind] ?? Number.NaN));
    print(`${what}, ${kind} time`, ratios, here);
  }
}
