import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { shardName } from '../../src/runs/merge/shard-name.js';
import { byteModel } from '../cli/byte-model.js';
import { finished, run, start } from '../cli/run.js';
import { tempFolder } from '../temp-folder.js';

/**
 * Splits 3,000 rows, some of them bad, into 1, 2, 7 and 64 shards, kills many of the runs with SIGKILL, goes on with all, and merges them
 * in every format. Each file must equal that of a run that was neither split nor killed.
 *
 *     npm run build && node dist/test/bench/shards.js
 */
const ROWS = 3000;
const COUNTS = [1, 2, 7, 64];
const ENDINGS = ['jsonl', 'tsv', 'parquet', 'arrow'];
const AT_ONCE = 2;

const random = Xoshiro128.seeded(11);
const folder = tempFolder();
const named = (file: string) => join(folder, file);
const model = await byteModel();
const input = named('rows.jsonl');
const row = (i: number) => {
  const words = (j: number) => `${'water is wet and '.repeat((i * 7 + j * 3) % 5)}number ${i}.${j}`;
  return JSON.stringify({ id: `row-${i}`, prompt: `Why is ${words(0)}?`, answers: [words(1), words(2), words(3)] });
};
writeFileSync(input, Array.from({ length: ROWS }, (_, i) => `${i % 97 === 13 ? 'broken' : row(i)}\n`).join(''));

const FLAGS = ['score', '-m', model, '-q', '--workers', '1', input, '--on-error', 'skip'];
/** The exit code of a run that skips rows. */
const SKIPPED = 1;

interface Count {
  kills: number;
  /** Runs that had ended before they could be killed. */
  late: number;
}

/** Starts a shard of so many rows, and ends it at a random moment. */
async function killed(args: readonly string[], partial: string, rows: number, count: Count): Promise<void> {
  const child = start(...args);
  const ended = finished(child);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const lines = linesIn(partial) + random.below(Math.ceil(rows / 2));
  while (!hasEnded() && linesIn(partial) < lines) await wait(2);
  await wait(random.below(20));
  if (hasEnded()) count.late++;
  else {
    child.kill('SIGKILL');
    count.kills++;
  }
  await ended;
}

/** Works on the numbers below `most`, a few at a time. */
async function each(most: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < most) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

function linesIn(path: string): number {
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  return isThere ? readFileSync(path, 'latin1').split('\n').length - 1 : 0;
}

function digest(file: string): string {
  return createHash('sha256')
    .update(readFileSync(named(file)))
    .digest('hex')
    .slice(0, 16);
}

console.log(`${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; ${ROWS} rows, byte model`);
for (const ending of ENDINGS) {
  const rejects = ending === 'jsonl' ? ['--rejects', named('single-bad.jsonl')] : [];
  const { code, stderr } = await run([...FLAGS, '-o', named(`single.${ending}`), ...rejects]);
  assert.equal(code, SKIPPED, stderr);
  console.log(`a single run: single.${ending} ${digest(`single.${ending}`)}`);
}
console.log(`its rejects: ${digest('single-bad.jsonl')}`);

for (const shards of COUNTS) {
  const begin = performance.now();
  const [out, bad] = [named('out.jsonl'), named(`bad-${shards}.jsonl`)];
  const count: Count = { kills: 0, late: 0 };
  await each(shards, async (index) => {
    const args = [...FLAGS, '-o', out, '--rejects', bad, '--shard', `${index}/${shards}`, '--resume'];
    const partial = `${shardName(out, { index, count: shards })}.partial`;
    for (let kill = 1 + random.below(2); kill > 0; kill--) await killed(args, partial, ROWS / shards, count);
    const { code, stderr } = await run(args);
    assert.ok(code === 0 || code === SKIPPED, stderr);
  });
  const files = Array.from({ length: shards }, (_, index) => shardName(out, { index, count: shards }));
  for (const ending of ENDINGS) {
    const merged = `merged-${shards}.${ending}`;
    const rejects = ending === 'jsonl' ? ['--rejects', bad] : [];
    const { code, stderr } = await run(['merge', ...files, '-o', named(merged), ...rejects]);
    assert.equal(code, SKIPPED, stderr);
    assert.equal(digest(merged), digest(`single.${ending}`), merged);
  }
  assert.equal(digest(`bad-${shards}.jsonl`), digest('single-bad.jsonl'));
  const seconds = ((performance.now() - begin) / 1000).toFixed(0);
  const kills = `${count.kills} runs killed (${count.late} had ended before)`;
  console.log(`${shards} shards, ${kills}, in ${seconds} s: equal in ${ENDINGS.join(', ')}, and so are the rejects`);
}
