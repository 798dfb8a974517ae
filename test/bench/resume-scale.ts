import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';
import { ROOT } from '../root.js';
import { tempFolder } from '../temp-folder.js';

/**
 * How long a run with --resume takes to the next new ranking behind so many rows of seven answers, 5 kB each, of JSON lines and of
 * Parquet. All rows have the same texts, so that what was written of them can be made without scoring them.
 *
 *     npm run build && node dist/test/bench/resume-scale.js [ROWS]
 */
const [count = '150000'] = process.argv.slice(2);
const DONE = Number(count);
const NEW = 40;
const BIN = join(ROOT, 'bin/starling-rm');

const folder = tempFolder();
const sentence = 'Water is wet because its molecules cling to each other and to whatever they touch, more or less. ';
const answers = Array.from({ length: 7 }, (_, i) => sentence.repeat(6 + (i % 3)));
const rowLine = (i: number) =>
  `${JSON.stringify({ id: `row-${i}`, prompt: `Why is water wet? ${sentence}`, answers })}\n`;

async function writeLines(name: string, lines: number, line: (i: number) => string): Promise<string> {
  const path = join(folder, name);
  const stream = createWriteStream(path);
  for (let i = 0; i < lines; i++)
    if (!stream.write(line(i))) await new Promise<void>((done) => stream.once('drain', () => done()));
  await new Promise<void>((done) => stream.end(() => done()));
  return path;
}

const rows = await writeLines('rows.jsonl', DONE + NEW, rowLine);
const parquet = join(folder, 'rows.parquet');
const database = await openDuckDb({ threads: 2, memory: 2048 });
await database.run(`COPY (SELECT * FROM read_json(${sqlText(rows)})) TO ${sqlText(parquet)} (FORMAT parquet)`);
database.close();
console.log(`${cpus()[0].model}, ${cpus().length} cores; ${DONE} rows, ${statSync(rows).size >> 20} MiB of JSON lines`);

for (const input of [rows, parquet]) {
  const out = join(folder, `${input.endsWith('parquet') ? 'p' : 'j'}.jsonl`);
  const args = ['score', input, '-o', out, '-q'];
  // A run that is stopped makes the record, and the line of one row.
  const child = spawn(BIN, args);
  while (sizeOf(`${out}.partial`) === 0) await wait(5);
  child.kill('SIGKILL');
  await new Promise((done) => child.once('close', done));
  const { stdout } = spawnSync('head', ['-1', `${out}.partial`], { encoding: 'utf8' });
  const line = (i: number) => stdout.replace('"index":0', `"index":${i}`).replace('row-0', `row-${i}`);
  await writeLines(`${out.slice(folder.length + 1)}.partial`, DONE, line);
  const before = sizeOf(`${out}.partial`);
  const start = performance.now();
  const resumed = spawn(BIN, [...args, '--resume'], { stdio: ['ignore', 'ignore', 'inherit'] });
  while (sizeOf(`${out}.partial`) <= before && resumed.exitCode === null) await wait(5);
  const seconds = ((performance.now() - start) / 1000).toFixed(2);
  await new Promise((done) => resumed.once('close', done));
  const lines = spawnSync('wc', ['-l', out], { encoding: 'utf8' }).stdout.split(' ')[0];
  console.log(
    `${input.slice(folder.length + 1)}: ${seconds} s from the start to the next new ranking; ${lines} rankings`,
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
