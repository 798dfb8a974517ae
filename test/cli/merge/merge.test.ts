import assert from 'node:assert/strict';
import { copyFile, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { shardName } from '../../../src/runs/merge/shard-name.js';
import type { RunRecord } from '../../../src/runs/run-record.js';
import { LIMIT } from '../../limit.js';
import { writeRows } from '../../runs/killed-runs.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { inProcess } from '../in-process.js';
import { finished, run, start } from '../run.js';
import { firstLineIn } from '../until.js';

const model = await byteModel();
const rows = tempFolder();
await writeRows(rows, { areShort: true });

const score = (...args: string[]) => inProcess('score', '-m', model, '--workers', '1', ...args);
const inRows = (names: readonly string[]) =>
  names.map((name) => (/^(rows|bad)\./.test(name) ? join(rows, name) : name));
const shardsOf = (file: string, count: number) =>
  Array.from({ length: count }, (_, index) => shardName(file, { index, count }));

/** Scores all shards of some inputs. @returns their files */
async function scoreShards(out: string, count: number, args: readonly string[], code?: string): Promise<string[]> {
  const files = shardsOf(out, count);
  for (const index of files.keys()) {
    const error = await score(...args, '-o', out, '--shard', `${index}/${count}`);
    if (error !== undefined) assert.equal(error.code, code, String(error));
  }
  return files;
}

async function recordOf(file: string): Promise<RunRecord> {
  return JSON.parse(await readFile(`${file}.run.json`, 'utf8'));
}

async function assertEqual(found: string, expected: string): Promise<void> {
  const [a, b] = [await readFile(found), await readFile(expected)];
  assert.ok(a.equals(b), `${found} differs from ${expected}`);
}

test('shards make the bytes of a single run, in all formats', LIMIT, async () => {
  const folder = tempFolder();
  const endings = ['jsonl', 'tsv', 'parquet', 'arrow'];
  const single = (ending: string) => join(folder, `single.${ending}`);
  const input = join(rows, 'rows.jsonl');
  for (const ending of endings) assert.equal(await score(input, '-o', single(ending)), undefined);
  const shards = await scoreShards(join(folder, 'out.jsonl'), 4, [input]);
  for (const ending of endings) {
    const merged = join(folder, `merged.${ending}`);
    // In any order.
    assert.equal(await inProcess('merge', ...shards.toReversed(), '-o', merged), undefined);
    await assertEqual(merged, single(ending));
  }
  const [merged, whole] = [await recordOf(join(folder, 'merged.tsv')), await recordOf(single('tsv'))];
  const attempts = await Promise.all(shards.map(async (file) => (await recordOf(file)).attempts));
  assert.deepEqual({ ...merged, attempts: [], end: {} }, { ...whole, attempts: [], end: {} });
  assert.deepEqual(merged.attempts, attempts.flat());
  const counts = ({ end }: RunRecord) => [end?.rows, end?.skipped, end?.bytes, end?.sha256, end?.tokens];
  assert.deepEqual(counts(merged), counts(whole));
  const { mtimeMs } = await stat(join(folder, 'merged.parquet'));
  assert.equal(await score(input, '-o', join(folder, 'merged.parquet'), '--resume'), undefined);
  assert.equal((await stat(join(folder, 'merged.parquet'))).mtimeMs, mtimeMs, 'nothing was left to do');
});

const CHOICES: { name: string; args: readonly string[]; ending?: string; rejects?: boolean; code?: string }[] = [
  { name: 'all fields, to Parquet', args: ['rows.jsonl.gz', '--keep'], ending: 'parquet' },
  { name: 'some rows of Parquet', args: ['rows.parquet', '--where', 'id % 3 > 0'], ending: 'tsv' },
  {
    name: 'bad rows aside',
    args: ['bad.jsonl', '--keep', '--on-error', 'skip'],
    ending: 'arrow',
    rejects: true,
    code: 'E_SKIPPED',
  },
  { name: 'errors in place', args: ['bad.jsonl', '--on-error', 'emit'], code: 'E_SKIPPED' },
  {
    name: 'a sample of several inputs with bad rows',
    args: ['rows.jsonl', 'bad.jsonl', '--sample', '150', '--limit', '300', '--on-error', 'skip'],
    ending: 'parquet',
    rejects: true,
    code: 'E_SKIPPED',
  },
];

for (const { name, args, ending = 'jsonl', rejects = false, code } of CHOICES) {
  test(`shards equal a single run: ${name}`, LIMIT, async () => {
    const folder = tempFolder();
    const named = (file: string) => join(folder, file);
    const refused = (file: string) => (rejects ? ['--rejects', named(file)] : []);
    const single = await score(...inRows(args), '-o', named(`single.${ending}`), ...refused('single-bad.jsonl'));
    const shards = await scoreShards(named('out.jsonl'), 3, [...inRows(args), ...refused('bad.jsonl')], code);
    const merged = await inProcess('merge', ...shards, '-o', named(`merged.${ending}`), ...refused('bad.jsonl'));
    assert.equal(merged?.message, single?.message, 'both say which rows were skipped');
    assert.equal(merged?.code, code);
    await assertEqual(named(`merged.${ending}`), named(`single.${ending}`));
    if (rejects) await assertEqual(named('bad.jsonl'), named('single-bad.jsonl'));
    const ends = await Promise.all(
      ['merged', 'single'].map(async (file) => (await recordOf(named(`${file}.${ending}`))).end),
    );
    assert.deepEqual(
      ends.map((end) => [end?.skipped, end?.rejects, end?.sha256])[0],
      ends.map((end) => [end?.skipped, end?.rejects, end?.sha256])[1],
    );
  });
}

test(
  'a shard that is killed goes on, one that is whole is not touched, and both merge to the same bytes',
  LIMIT,
  async () => {
    const folder = tempFolder();
    const [single, out] = [join(folder, 'single.jsonl'), join(folder, 'out.jsonl')];
    const input = join(rows, 'rows.jsonl');
    assert.equal(await score(input, '-o', single), undefined);
    const [first, second] = shardsOf(out, 2);
    const args = ['score', '-m', model, '-q', input, '-o', out, '--shard', '1/2', '--resume'];
    const child = start(...args);
    const ended = finished(child);
    await firstLineIn(`${second}.partial`, child);
    child.kill('SIGKILL');
    await ended;
    assert.equal(await score(input, '-o', out, '--shard', '0/2', '--resume'), undefined);

    const early = await run(['merge', first, '-o', join(folder, 'early.jsonl')]);
    assert.deepEqual([early.code, early.stdout], [2, '1\n']);
    assert.match(early.stderr, /^starling-rm: E_SHARD: 1 of 2 shards are not there, or not finished: 1; [^\n]+\n$/);

    const past = new Date('2026-01-02T03:04:05Z');
    await utimes(first, past, past);
    for (const index of ['0', '1'])
      assert.equal(await score(input, '-o', out, '--shard', `${index}/2`, '--resume'), undefined);
    assert.equal((await stat(first)).mtimeMs, past.getTime(), 'the whole shard was written again');
    assert.equal(
      await inProcess('merge', join(folder, 'out-*-of-00002.jsonl'), '-o', join(folder, 'all.jsonl')),
      undefined,
    );
    await assertEqual(join(folder, 'all.jsonl'), single);

    const other = await score(input, '-o', out, '--shard', '0/2', '--resume', '--max-length', '64');
    assert.match(String(other), /^E_RESUME: .*--max-length \(2048 -> 64\)/);
  },
);

test('--shard auto says which shard it has found, and all files get its number', LIMIT, async () => {
  const folder = tempFolder();
  const [out, bad, prom] = ['out.jsonl', 'bad.jsonl', 'a.prom'].map((name) => join(folder, name));
  const more = ['--on-error', 'skip', '--rejects', bad, '--metrics', prom];
  const auto = ['--shard', 'auto', '--shards', '2'];
  process.env.JOB_COMPLETION_INDEX = '1';
  const told = await run(['score', '-m', model, join(rows, 'bad.jsonl'), '-o', out, ...auto, ...more]);
  delete process.env.JOB_COMPLETION_INDEX;
  assert.equal(told.code, 1);
  assert.match(told.stderr, /^starling-rm: shard 1\/2, as JOB_COMPLETION_INDEX says\n/);
  for (const file of [out, bad, prom]) assert.ok((await stat(shardName(file, { index: 1, count: 2 }))).size > 0);
  assert.equal((await recordOf(shardName(out, { index: 1, count: 2 }))).asked.choice.shard, '1/2');
});

test('a shard without rows is whole, and a field that only other shards have is no error there', LIMIT, async () => {
  const folder = tempFolder();
  const input = join(folder, 'rows.jsonl');
  const labelled = (i: number) =>
    `${JSON.stringify({ prompt: 'Why?', answers: ['a', 'b'], ...(i < 64 && { best: [1, 2] }) })}\n`;
  await writeFile(input, Array.from({ length: 70 }, (_, i) => labelled(i)).join(''));
  const flags = [input, '--label-field', 'best'];
  const shards = await scoreShards(join(folder, 'out.jsonl'), 3, flags);
  assert.equal((await stat(shards[2])).size, 0);
  assert.equal(await inProcess('merge', ...shards, '-o', join(folder, 'merged.jsonl')), undefined);
  assert.equal(await score(...flags, '-o', join(folder, 'single.jsonl')), undefined);
  await assertEqual(join(folder, 'merged.jsonl'), join(folder, 'single.jsonl'));
});

test('rankings of disjoint rows are merged, and what could not be checked is said', LIMIT, async () => {
  const folder = tempFolder();
  const named = (file: string) => join(folder, file);
  const input = join(rows, 'rows.parquet');
  assert.equal(await score(input, '-o', named('all.jsonl')), undefined);
  assert.equal(await score(input, '--where', 'id % 3 = 1', '-o', named('a.jsonl')), undefined);
  assert.equal(await score(input, '--where', 'id % 3 <> 1', '-o', named('b.jsonl')), undefined);
  const recorded = await run(['merge', named('a.jsonl'), named('b.jsonl'), '-o', named('ab.jsonl')]);
  assert.deepEqual([recorded.code, recorded.stderr], [0, '']);
  await assertEqual(named('ab.jsonl'), named('all.jsonl'));

  await copyFile(named('a.jsonl'), named('c.jsonl'));
  const unrecorded = await run(['merge', named('c.jsonl'), named('b.jsonl')]);
  assert.equal(unrecorded.code, 0);
  assert.equal(unrecorded.stdout, await readFile(named('all.jsonl'), 'utf8'));
  assert.match(unrecorded.stderr, /^starling-rm: no run record beside \S+c\.jsonl: not checked are model, [^\n]+\n$/);

  const alone = await run(['merge', named('a.jsonl')]);
  assert.equal(alone.stdout, await readFile(named('a.jsonl'), 'utf8'));
  assert.match(alone.stderr, /119 rows before row 178 are in none of the files, the first of them is row 0\n$/);
});
