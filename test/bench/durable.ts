import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { byteModel } from '../cli/byte-model.js';
import { ROOT, SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';
import { spreadOf } from './spread.js';

/**
 * What it costs that rows are on the disk within a second: runs that write a file, in turns with runs in whose process `datasync` does
 * nothing. The embedded model is what people wait for; a model of one layer writes as many rows a second as rows can be read and
 * written. To be run on an idle machine:
 *
 *     npm run build && node dist/test/bench/durable.js [ROUNDS]
 */
const [rounds = '10'] = process.argv.slice(2);

const folder = tempFolder();
const out = join(folder, 'rankings.jsonl');
const idle = join(folder, 'without-datasync.mjs');
writeFileSync(
  idle,
  `import { open } from 'node:fs/promises';
const handle = await open(${JSON.stringify(SAMPLE)});
Object.getPrototypeOf(handle).datasync = async () => {};
await handle.close();
`,
);

interface Cost {
  wall: number;
  /** User and system time. */
  processor: number;
}

/** Seconds, from GNU time. */
function costOf(rows: string, model: readonly string[], durable: boolean): Cost {
  rmSync(out, { force: true });
  rmSync(`${out}.run.json`, { force: true });
  const env = durable ? process.env : { ...process.env, NODE_OPTIONS: `--import ${pathToFileURL(idle)}` };
  const command = [join(ROOT, 'bin/starling-rm'), 'score', rows, ...model, '-q', '-o', out];
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%e %U %S', ...command], { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const [wall, user, system] = stderr.trim().split(' ').map(Number);
  return { wall, processor: user + system };
}

console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, ${rounds} rounds`);
for (const { what, model, times } of [
  { what: 'the embedded model', model: [], times: 2 },
  { what: 'a model of one layer', model: ['-m', await byteModel()], times: 60 },
]) {
  const rows = join(folder, `${times}.jsonl`);
  const sample = readFileSync(SAMPLE, 'utf8');
  writeFileSync(rows, sample.repeat(times));
  const pairs = Array.from({ length: Number(rounds) }, (_, i) => {
    // Both take turns in going first.
    const order = i % 2 === 0 ? [true, false] : [false, true];
    const costs = new Map(order.map((durable) => [durable, costOf(rows, model, durable)]));
    return { durable: costs.get(true), idle: costs.get(false) };
  });
  for (const kind of ['wall', 'processor'] as const) {
    const ratios = pairs.map(({ durable, idle }) => (durable?.[kind] ?? Number.NaN) / (idle?.[kind] ?? Number.NaN));
    const { median, low, high } = spreadOf(ratios);
    const range = `${low.toFixed(3)} to ${high.toFixed(3)}`;
    console.log(`${what}, ${kind} time with datasync over that without: median ${median.toFixed(3)} (${range})`);
  }
}
