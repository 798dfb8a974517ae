import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { finished, run, start } from '../cli/run.js';
import { tempFolder } from '../temp-folder.js';

/** One way of scoring that is killed and gone on with. */
export interface Scenario {
  name: string;
  /** Ending of the output's name. */
  ending: string;
  /** Files of rows, as `written` names them, and flags. */
  args: readonly string[];
  rejects?: boolean;
  /** Exit code of a run that comes to its end; 0 if absent. */
  code?: number;
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'JSON lines', ending: 'jsonl', args: ['rows.jsonl'] },
  { name: 'TSV', ending: 'tsv', args: ['rows.jsonl'] },
  { name: 'Parquet', ending: 'parquet', args: ['rows.jsonl', '--keep'] },
  { name: 'Arrow', ending: 'arrow', args: ['rows.jsonl'] },
  { name: 'gzip in', ending: 'jsonl', args: ['rows.jsonl.gz'] },
  { name: 'Parquet in, some rows', ending: 'jsonl', args: ['rows.parquet', '--where', 'id % 3 > 0'] },
  { name: 'skips with rejects', ending: 'jsonl', args: ['bad.jsonl', '--on-error', 'skip'], rejects: true, code: 1 },
  { name: 'emits errors', ending: 'jsonl', args: ['bad.jsonl', '--on-error', 'emit'], code: 1 },
  {
    name: 'emits errors, with rejects, of several inputs',
    ending: 'jsonl',
    args: ['rows.jsonl', 'bad.jsonl', '--on-error', 'emit'],
    rejects: true,
    code: 1,
  },
  {
    name: 'several inputs, a sample',
    ending: 'jsonl',
    args: ['rows.jsonl', 'bad.jsonl', '--sample', '150', '--on-error', 'skip'],
    rejects: true,
    code: 1,
  },
];

/** Counts of a run that was killed again and again. */
export interface KillCount {
  kills: number;
  /** Kills that left fewer rows than the one before. Rows must never be lost by going on. */
  lost: number;
}

const ROWS = 180;

/**
 * Rows that this test writes itself: `rows` are good, a ninth of `bad` is not.
 * @param areShort makes them quick to score
 */
export async function writeRows(folder: string, { areShort = false } = {}): Promise<void> {
  const times = (i: number, j: number) => (areShort ? (i + j) % 2 : 2 + ((i * 7 + j * 3) % 9));
  const words = (i: number, j: number) => `${'water is wet and '.repeat(times(i, j))}number ${i}.${j}`;
  const row = (i: number) => ({
    id: i,
    prompt: `Why is ${words(i, 0)}?`,
    answers: Array.from({ length: areShort ? 2 : 4 }, (_, j) => words(i, j + 1)),
  });
  const good = Array.from({ length: ROWS }, (_, i) => JSON.stringify(row(i)));
  const bad = good.map((line, i) => (i % 9 === 4 ? line.slice(0, 40) : line));
  await writeFile(join(folder, 'rows.jsonl'), `${good.join('\n')}\n`);
  await writeFile(join(folder, 'rows.jsonl.gz'), gzipSync(`${good.join('\n')}\n`));
  await writeFile(join(folder, 'bad.jsonl'), `${bad.join('\n')}\n`);
  const { openDuckDb, sqlText } = await import('../../src/tables/duckdb.js');
  const database = await openDuckDb();
  const [from, to] = ['rows.jsonl', 'rows.parquet'].map((name) => sqlText(join(folder, name)));
  await database.run(`COPY (SELECT * FROM read_json(${from})) TO ${to} (FORMAT parquet, ROW_GROUP_SIZE 64)`);
  database.close();
}

/** The flags of a scenario, with its output in a folder of its own. */
function argsOf(scenario: Scenario, model: string, rows: string, out: string): string[] {
  const args = scenario.args.map((arg) => (/^(rows|bad)\./.test(arg) ? join(rows, arg) : arg));
  const rejects = scenario.rejects ? ['--rejects', join(out, 'rejects.jsonl')] : [];
  return ['score', '-m', model, '-q', ...args, '-o', join(out, `r.${scenario.ending}`), ...rejects];
}

/** Runs a scenario without a kill; its output is what all others must equal. */
export async function wholeRunOf(scenario: Scenario, model: string, rows: string): Promise<string> {
  const out = tempFolder();
  const { code, stderr } = await run(argsOf(scenario, model, rows, out));
  assert.equal(code, scenario.code ?? 0, stderr);
  return out;
}

/**
 * Runs a scenario with --resume, kills it at `kills` random moments, and lets it end.
 * @param at a number below 1, at random
 */
export async function killedRunOf(
  scenario: Scenario,
  model: string,
  rows: string,
  whole: string,
  kills: number,
  seed: number,
): Promise<KillCount> {
  const random = new Xoshiro128([seed + 1, 2, 3, 4]);
  const below = (most: number) => random.below(most);
  const out = tempFolder();
  const args = [...argsOf(scenario, model, rows, out), '--resume'];
  const file = join(out, `r.${scenario.ending}`);
  const partial = `${file}.partial`;
  const count: KillCount = { kills: 0, lost: 0 };
  let before = 0;
  for (let round = 0; round < kills; round++) {
    const child = start(...args);
    const ended = finished(child);
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
    // So many lines later, and then some milliseconds: in the middle of whatever it does then.
    const target = (await linesIn(partial)) + below(Math.ceil((1.5 * ROWS) / kills));
    while (!hasEnded() && (await linesIn(partial)) < target) await wait(2);
    await wait(below(30));
    if (!hasEnded()) {
      child.kill('SIGKILL');
      count.kills++;
    }
    await ended;
    const left = existsSync(file) ? Number.POSITIVE_INFINITY : await linesIn(partial);
    if (left < before) count.lost++;
    before = left;
  }
  const end = await run(args);
  assert.equal(end.code, scenario.code ?? 0, end.stderr);
  await assertSame(scenario, whole, out);
  return count;
}

/** Bytes of the output, and of the rejects, are those of the run that was not killed. */
export async function assertSame({ name, ending, rejects }: Scenario, whole: string, out: string): Promise<void> {
  for (const file of [`r.${ending}`, ...(rejects ? ['rejects.jsonl'] : [])]) {
    const [expected, found] = await Promise.all([whole, out].map((folder) => readFile(join(folder, file))));
    assert.ok(expected.equals(found), `${name}: ${file} differs`);
  }
}

async function linesIn(path: string): Promise<number> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0));
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}
