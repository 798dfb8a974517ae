import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ranksOf } from '../../src/contracts/ranks.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { shortest } from '../../src/rank/float32.js';
import { hashedPromptId } from '../../src/read/shapes/prompt-id.js';
import { ROOT } from '../root.js';

/**
 * Measures the time and memory of `export` for 1,000,000 rankings of four answers, which carry their texts, and for the same joined with
 * the rows that were scored.
 *
 *     npm run build && node dist/test/bench/export-scale.js [ROWS]
 */
const ROWS = Number(process.argv[2] ?? 1_000_000);
const K = 4;
const WORDS = 'river stone window bread cloud seven garden letter north winter paper silver'.split(' ');

const random = Xoshiro128.seeded(5);
const text = (words: number) => Array.from({ length: words }, () => WORDS[random.below(WORDS.length)]).join(' ');

/** A row, its ranking with turns, and its ranking without. */
function linesOf(index: number): string[] {
  const prompt = `Question ${index}: ${text(15)}?`;
  const answers = Array.from({ length: K }, () => text(10 + random.below(30)));
  const scores = answers.map(() => shortest(Math.fround(random.below(2 ** 20) / 2 ** 17 - 4)));
  const ranking = {
    index,
    prompt_id: hashedPromptId([{ role: 'user', text: prompt }]),
    scores,
    ...ranksOf(scores),
    lengths: answers.map(({ length }) => length),
    models: answers.map((_, i) => `model-${i}`),
  };
  const turns = { prompt: [{ role: 'user', content: prompt }], answers };
  return [{ prompt, answers }, { ...ranking, ...turns }, ranking].map((record) => `${JSON.stringify(record)}\n`);
}

async function write(paths: readonly string[]): Promise<void> {
  const files = paths.map((path) => createWriteStream(path));
  for (let index = 0; index < ROWS; index++) {
    const lines = linesOf(index);
    for (const [i, file] of files.entries()) if (!file.write(lines[i])) await once(file, 'drain');
  }
  for (const file of files) {
    file.end();
    await once(file, 'close');
  }
}

/** Wall time and peak resident set, from GNU time. */
function measured(output: string, ...args: string[]): string {
  const command = [join(ROOT, 'bin/starling-rm'), 'export', ...args, '-o', output, '--force', '-q'];
  const { stderr, status } = spawnSync('/usr/bin/time', ['-f', '%e s (%U s of a processor), %M KB', ...command], {
    encoding: 'utf8',
  });
  const shown = args.map((arg) => arg.replace(/.*\//, '')).join(' ');
  return `export ${shown}: exit code ${status}, ${stderr.trim()}, ${statSync(output).size} bytes written\n`;
}

const folder = mkdtempSync(join(tmpdir(), 'starling-rm-scale-'));
const [rows, turns, bare] = ['rows.jsonl', 'turns.jsonl', 'bare.jsonl'].map((name) => join(folder, name));
await write([rows, turns, bare]);
const sizes = [rows, turns, bare].map((path) => `${path.replace(/.*\//, '')} ${statSync(path).size} bytes`).join(', ');
process.stdout.write(`${cpus()[0].model}, ${cpus().length} cores; ${ROWS} rankings of ${K} answers; ${sizes}\n`);
const pairs = join(folder, 'pairs');
process.stdout.write(measured(`${pairs}.jsonl`, turns, '--to', 'trl-preference'));
process.stdout.write(measured(`${pairs}.jsonl`, turns, '--to', 'trl-preference', '--pairs', 'all'));
process.stdout.write(measured(`${pairs}.parquet`, turns, '--to', 'trl-preference'));
process.stdout.write(
  measured(`${pairs}.jsonl`, turns, '--to', 'trl-implicit', '--balance', 'length', '--card', `${pairs}.md`),
);
process.stdout.write(measured(`${pairs}.jsonl`, bare, '--rows', rows, '--to', 'trl-preference'));
rmSync(folder, { recursive: true });
