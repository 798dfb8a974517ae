import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { ROOT } from '../root.js';

/**
 * Measures the time and memory of `evaluate` and `compare` for 200,000 scored rows of seven answers, each with its own prompt.
 *
 *     npm run build && node dist/test/bench/evaluate-scale.js
 */
const ROWS = 200_000;
const K = 7;
const MODELS = 40;

const random = Xoshiro128.seeded(3);
const uniform = () => (random.next() >>> 0) / 2 ** 32;
/** Approximately normal: a sum of uniform numbers. */
const noise = () => Array.from({ length: 6 }, uniform).reduce((sum, one) => sum + one, -3);

/** One row scored by two runs: the same labels, different rewards. */
function lines(index: number): [string, string] {
  const qualities = Array.from({ length: K }, noise);
  const above = (values: readonly number[], i: number) => values.filter((value) => value > values[i]).length;
  const row = {
    id: `row-${index}`,
    prompt_id: `prompt-${index}`,
    labels: qualities.map((_, i) => 1 + above(qualities, i)),
    label_scores: qualities,
    models: qualities.map(() => `model-${random.below(MODELS)}`),
    lengths: qualities.map((quality) => Math.round(500 + 100 * quality + 200 * uniform())),
    source: [`source-${random.below(12)}`],
    turns: 1 + random.below(17),
    good_natured: uniform() < 0.9,
  };
  const scored = () => {
    const scores = qualities.map((quality) => Number((quality + 1.5 * noise()).toFixed(5)));
    const ranks = scores.map((_, i) => 1 + above(scores, i));
    const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
    return `${JSON.stringify({ index, scores, ranks, order, ...row })}\n`;
  };
  return [scored(), scored()];
}

async function write(paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => createWriteStream(path));
  for (let index = 0; index < ROWS; index++) {
    const rows = lines(index);
    for (const [i, file] of files.entries()) if (!file.write(rows[i])) await once(file, 'drain');
  }
  for (const file of files) {
    file.end();
    await once(file, 'close');
  }
}

/** Wall time and peak resident set, from GNU time. */
function measured(...args: string[]): string {
  const command = [process.execPath, join(ROOT, 'bin/starling-rm'), ...args, '-q'];
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%e s (%U s of a processor), %M KB', ...command], {
    encoding: 'utf8',
  });
  return `${args[0]}: exit code ${status}, ${stderr.trim()}\n`;
}

const folder = mkdtempSync(join(tmpdir(), 'starling-rm-scale-'));
const [a, b, suspects] = ['a.jsonl', 'b.jsonl', 'suspects.jsonl'].map((name) => join(folder, name));
const by = 'source,model,turns,good_natured,length';
await write([a, b]);
process.stdout.write(measured('evaluate', '--scored', a));
process.stdout.write(measured('evaluate', '--scored', a, '--by', by, '--suspects', suspects));
process.stdout.write(measured('compare', a, b));
rmSync(folder, { recursive: true });
