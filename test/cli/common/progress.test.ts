import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Rate } from '../../../src/cli/common/progress/rate.js';
import { openDuckDb, sqlFile } from '../../../src/tables/duckdb.js';
import { tinyModel } from '../../doctor/tiny-model.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { row, run, shell } from '../run.js';

const noTerminal = spawnSync('script', ['--version']).status !== 0 && 'NOT TESTED: script of util-linux is absent';
const ROWS = 200;

const model = await tinyModel();
const folder = tempFolder();
const text = Array.from({ length: ROWS }, (_, i) => row(`${i}`, ['ab', 'b', `${'ab'.repeat(1 + (i % 7))}`])).join('');
const jsonl = join(folder, 'rows.jsonl');
await writeFile(jsonl, text);

/** Runs a command on a terminal and returns what it shows; `input` is typed, or piped into the command. */
async function onTerminal(command: string, { input = '', env = '' } = {}): Promise<string> {
  const whole = `${env} ${process.execPath} ${join(ROOT, 'bin/starling-rm')} ${command}`;
  const script = join(tempFolder(), 'command');
  await writeFile(script, whole);
  return (await shell(`printf '${input}' | script -qec "sh ${script}" /dev/null`)).stdout;
}

const SCORE = `score --model ${model} --workers 1`;

/** The percentages of a progress line, in order. */
function percents(shown: string): number[] {
  return [...shown.matchAll(/[█░]+ (\d+) %, \d+ rows, /g)].map(([, percent]) => Number(percent));
}

function assertFromLowToHigh(found: readonly number[], what: string): void {
  const told = `${what}: ${found.join(' ')}`;
  assert.ok(found.length > 5 && found[0] < 40, told);
  assert.ok((found.at(-1) ?? 0) >= 90 && Math.max(...found) <= 100, told);
  assert.deepEqual(
    found,
    found.toSorted((a, b) => a - b),
    told,
  );
  assert.ok(new Set(found).size > 5, told);
}

async function parquetOf(rows: string): Promise<string> {
  const file = join(folder, 'rows.parquet');
  const database = await openDuckDb();
  const copy = `COPY (SELECT * FROM read_json(${sqlFile(rows)})) TO ${sqlFile(file)} (FORMAT parquet)`;
  for await (const _ of database.stream(copy));
  database.close();
  return file;
}

test('progress has a percentage wherever the amount is known', { skip: noTerminal }, async () => {
  const packed = join(folder, 'rows.jsonl.gz');
  await writeFile(packed, gzipSync(text));
  const parquet = await parquetOf(jsonl);
  const arrow = join(folder, 'rows.arrow');
  assert.equal((await run(['score', '--model', model, jsonl, '--keep', '-o', arrow])).code, 0);
  const json = join(folder, 'rows.json');
  await writeFile(json, `[${text.trim().split('\n').join(',\n')}]`);
  const cases: [what: string, flags: string][] = [
    ['lines', jsonl],
    ['compressed', packed],
    ['Parquet', parquet],
    ['Parquet, of which some', `${parquet} --where "id::int % 2 = 0"`],
    ['Arrow', arrow],
    ['JSON', json],
    ['several', `${jsonl} ${packed} ${parquet}`],
    ['limited', `${jsonl} --limit 20`],
    ['sampled', `${jsonl} --sample 20`],
    ['sampled, fewer than asked for', `${jsonl} --sample 1000`],
    ['limited, then sampled', `${jsonl} --limit 40 --sample 20`],
    ['standard input that is a file', `< ${jsonl}`],
    ['standard input that is a file and limited', `--limit 20 < ${jsonl}`],
  ];
  for (const [what, flags] of cases)
    assertFromLowToHigh(percents(await onTerminal(`${SCORE} ${flags} > /dev/null`)), what);
  const second = percents(await onTerminal(`${SCORE} ${jsonl} ${jsonl} > /dev/null`));
  assert.ok(Math.abs(second[ROWS - 1] - 50) < 5, 'of two files one is half');
});

test('progress on a pipe has no percentage, unless --limit gives one', { skip: noTerminal }, async () => {
  const shown = await onTerminal(`${SCORE} --limit 1000000 < /dev/null 2>&1`);
  assert.doesNotMatch(shown, /\d+ %/);
  const command = `${process.execPath} ${join(ROOT, 'bin/starling-rm')} ${SCORE}`;
  const piped = await shell(`script -qec "cat ${jsonl} | ${command} > /dev/null" /dev/null`);
  assert.match(piped.stdout, /rows, \d+ answers, \d+ tokens\/s/);
  assert.doesNotMatch(piped.stdout, /\d+ %/);
});

test('a command that waits for typed input says so, on a terminal only', { skip: noTerminal }, async () => {
  const waiting = /starling-rm: reading standard input; end it with Ctrl-D, or name a file/;
  const input = row('a', ['ab', 'b']).trim().replaceAll('\\', '\\\\');
  const typed = { input: `${input}\\n` };
  for (const command of [SCORE, `${SCORE} -`, `evaluate --model ${model}`, 'evaluate --scored', `compare ${jsonl} -`])
    assert.match(await onTerminal(command, typed), waiting, command);
  assert.doesNotMatch(await onTerminal(`${SCORE} -q`, typed), waiting);
  assert.doesNotMatch(await onTerminal(`${SCORE} ${jsonl} > /dev/null`, typed), waiting);
  assert.doesNotMatch(await onTerminal(`${SCORE} < ${jsonl} > /dev/null`), waiting);
  const log = join(tempFolder(), 'log');
  await onTerminal(`${SCORE} 2> ${log}`, typed);
  assert.doesNotMatch(await readFile(log, 'utf8'), waiting);
  assert.ok(existsSync(log));
});

test('a terminal without escape sequences shows no progress', { skip: noTerminal }, async () => {
  const shown = await onTerminal(`${SCORE} ${jsonl} > /dev/null`, { env: 'TERM=dumb' });
  assert.match(shown, /^starling-rm: rows: /);
  assert.ok(!shown.includes('\x1b') && !/[█░]/.test(shown), shown);
});

test('recent speed counts more in the time that is left', () => {
  const rate = new Rate();
  assert.equal(rate.value, undefined);
  rate.add(0, 60);
  assert.equal(rate.value, undefined, 'no rate before anything came');
  for (let i = 0; i < 100; i++) rate.add(10, 1);
  const fast = Number(rate.value);
  assert.ok(fast > 9 && fast <= 10, `a slow beginning is nearly forgotten: ${fast}`);
  for (let i = 0; i < 100; i++) rate.add(1, 1);
  const slow = Number(rate.value);
  assert.ok(slow >= 1 && slow < 2, `so is a fast stretch: ${slow}`);
  const even = new Rate();
  for (const seconds of [0.1, 1, 10, 100]) {
    even.add(3 * seconds, seconds);
    assert.ok(Math.abs(Number(even.value) - 3) < 1e-9, 'what is even is met from the first');
  }
});

test('the time left shrinks again after a slow stretch', () => {
  const rate = new Rate();
  let share = 0;
  const left = (amount: number, seconds: number) => {
    share += amount;
    rate.add(amount, seconds);
    return (1 - share) / Number(rate.value);
  };
  left(0.01, 300);
  const slow = left(0.01, 300);
  const fast = Array.from({ length: 40 }, () => left(0.01, 1)).at(-1);
  assert.ok(Number(fast) < slow / 20, `${slow} s, then ${fast} s`);
});
