import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { byteModel } from '../cli/byte-model.js';
import { ROOT, SAMPLE } from '../root.js';
import { tempFolder } from '../temp-folder.js';

/**
 * Scores the sample again and again through a pipe for so many minutes, into a file, with --metrics, and prints every 30 seconds what the
 * process holds: resident memory by its metrics, open descriptors and threads by the system. The first three minutes warm up. Linux only.
 *
 *     npm run build && node dist/test/bench/soak.js [MINUTES] [MODEL]
 */
const [minutes = '30', model = await byteModel()] = process.argv.slice(2);
const LOOK_MS = 30_000;
const WARM_MS = 180_000;

const folder = tempFolder();
const metrics = join(folder, 'soak.prom');
const rows = readFileSync(SAMPLE);
const args = ['score', '-', '-m', model, '-q', '-o', join(folder, 'r.jsonl'), '--metrics', metrics];
const child = spawn(process.execPath, [join(ROOT, 'bin/starling-rm'), ...args], {
  stdio: ['pipe', 'ignore', 'inherit'],
});
const start = performance.now();

function metric(name: string): number {
  const [, value] = new RegExp(`^starling_rm_${name}\\{[^}]*\\} (\\S+)`, 'm').exec(readFileSync(metrics, 'utf8')) ?? [];
  return Number(value);
}

const looks: { megabytes: number; descriptors: number; threads: number }[] = [];
console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}, ${minutes} minutes`);
console.log('minute      rows  RSS MB  descriptors  threads');
const looking = setInterval(() => {
  const elapsed = performance.now() - start;
  const look = {
    megabytes: metric('resident_memory_bytes') / 1e6,
    descriptors: readdirSync(`/proc/${child.pid}/fd`).length,
    threads: readdirSync(`/proc/${child.pid}/task`).length,
  };
  if (elapsed > WARM_MS) looks.push(look);
  const cells = [
    (elapsed / 60_000).toFixed(1),
    metric('rows_total'),
    look.megabytes.toFixed(1),
    look.descriptors,
    look.threads,
  ];
  console.log(cells.map((cell, i) => `${cell}`.padStart([6, 10, 8, 13, 9][i])).join(''));
}, LOOK_MS);

while (performance.now() - start < Number(minutes) * 60_000) {
  if (!child.stdin.write(rows)) await new Promise<void>((done) => child.stdin.once('drain', () => done()));
}
clearInterval(looking);
child.stdin.end();
const code = await new Promise((done) => child.once('close', done));

for (const name of ['megabytes', 'descriptors', 'threads'] as const) {
  const values = looks.map((look) => look[name]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  console.log(`${name}: ${least.toFixed(1)} to ${most.toFixed(1)}, ${(100 * (most / least - 1)).toFixed(1)} %`);
}
console.log(`exit code ${code}`);
