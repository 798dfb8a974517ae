import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { tempFolder } from '../temp-folder.js';
import { peakIn } from './peak.js';
import { firstRanking, seconds, startScore } from './peak-run.js';

/**
 * Measures `--group-by` on a CSV with a row an answer, seven answers a group, sorted and shuffled: the time to the first ranking, and the
 * memory of a run that reads all rows and scores some of them.
 *
 *   node dist/test/bench/long-table.js [--rows 3000000] [--sample 20]
 */
const { values: flags } = parseArgs({
  options: { rows: { type: 'string', default: '3000000' }, sample: { type: 'string', default: '20' } },
});
const ROWS = Number(flags.rows);
const ANSWERS = 7;
const MEBIBYTE = 2 ** 20;
const PORTION = 10_000;
/** A step without a common factor with the number of rows visits each row once, far from the one before. */
const STEP = 1_000_003;

const WORDS = 'the table holds a row for each answer, so that its prompt stands there again and again'.split(' ');

function words(seed: number, count: number): string {
  return Array.from({ length: count }, (_, i) => WORDS[(seed * 31 + i * i * 17) % WORDS.length]).join(' ');
}

function line(row: number): string {
  const group = Math.floor(row / ANSWERS);
  const prompt = `${group}: ${words(group, 12)}?`;
  return `${group},"${prompt}","${words(row, 25)}",model-${row % ANSWERS},${1 + ((row * 3) % ANSWERS)}\n`;
}

async function write(path: string, rowAt: (i: number) => number): Promise<void> {
  const file = createWriteStream(path);
  file.write('group,prompt,answer,model,rank\n');
  for (let from = 0; from < ROWS; from += PORTION) {
    const portion = Array.from({ length: Math.min(PORTION, ROWS - from) }, (_, i) => line(rowAt(from + i)));
    if (!file.write(portion.join(''))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

/** Reads and groups all rows, and scores a sample of the groups. */
async function sampled(file: string, ...args: string[]): Promise<string> {
  const begin = performance.now();
  const child = startScore(file, '-q', '--sample', flags.sample, ...args);
  const [printed, told, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const rankings = printed
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one).scores.length);
  const whole = rankings.filter((answers) => answers === ANSWERS).length;
  const took = seconds(performance.now() - begin);
  return `all rows read, ${rankings.length} groups scored, ${whole} of ${ANSWERS} answers, code ${code}, ${took}, peak RSS ${peakIn(told)} MiB`;
}

const folder = tempFolder();
const [sorted, shuffled] = ['sorted.csv', 'shuffled.csv'].map((name) => join(folder, name));
await write(sorted, (i) => i);
await write(shuffled, (i) => (i * STEP) % ROWS);
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}`);
console.log(`${ROWS} rows of one answer, ${Math.round(statSync(sorted).size / MEBIBYTE)} MiB`);
const by = ['--group-by', 'group'];
console.log(`sorted:   ${await firstRanking(sorted, ...by)}`);
console.log(`sorted:   ${await sampled(sorted, ...by)}`);
console.log(`shuffled: ${await firstRanking(shuffled, ...by, '--unsorted')}`);
console.log(`shuffled: ${await sampled(shuffled, ...by, '--unsorted')}`);
