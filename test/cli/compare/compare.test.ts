import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { lines, run } from '../run.js';

const NOTHING_TOLD = { code: 0, signal: null, stderr: '', found: [] };

/** The sample, scored with whole texts and with truncated texts. */
const folder = tempFolder();
const [a, b] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')];
const SCORE = ['score', '-m', await byteModel(), SAMPLE];
const CUT = [...SCORE, '--max-length', '200'];
assert.equal((await run([...SCORE, '-o', a])).code, 0);
assert.equal((await run([...CUT, '-o', b])).code, 0);

test('compare reports the changes, by slice, as a table and as JSON', async () => {
  const json = join(folder, 'c.json');
  const { code, stdout, stderr } = await run(['compare', a, b, '--by', 'source', '--json', json]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.match(stdout, /^ +A +B +B - A +95 % interval +p +n\npairwise accuracy /);
  assert.match(stdout, /\nby source +rows +flipped/);
  const comparison = JSON.parse(await readFile(json, 'utf8'));
  assert.equal(comparison.rows, 28);
  assert.ok(comparison.flipped_pairs.value > 0);
  const evaluated = async (file: string) =>
    JSON.parse((await run(['evaluate', '--scored', file, '--json', '-', '-q'])).stdout).statistics;
  const [ofA, ofB] = [await evaluated(a), await evaluated(b)];
  assert.deepEqual(Object.keys(comparison.statistics), Object.keys(ofA));
  for (const [name, change] of Object.entries<{ a: object; b: object }>(comparison.statistics)) {
    assert.deepEqual(change.a, ofA[name]);
    assert.deepEqual(change.b, ofB[name]);
  }
  const mistyped = await run(['compare', a, b, '--by', 'sourse']);
  assert.equal(mistyped.code, 2);
  assert.match(
    mistyped.stderr,
    /^starling-rm: E_USAGE: no row has the field sourse, which --by names; rows here have source, .*; score --keep writes/,
  );
  const again = await run(['compare', a, b, '--by', 'source', '--json', '-', '-q']);
  assert.equal(again.stdout, await readFile(json, 'utf8'), 'the same bits again');
});

test('one of the runs may be standard input, in any order of rows; rows of only one run are named, and are no failure', async () => {
  const backwards = lines(await readFile(b, 'utf8'))
    .toReversed()
    .slice(3);
  const { code, stdout } = await run(['compare', a, '-'], `${backwards.join('\n')}\n`);
  assert.equal(code, 0);
  assert.match(stdout, /Rows in both: 25, /);
  assert.match(stdout, /Left out, only in A: 3 rows \(sample-26, sample-27, sample-28\)\./);
});

test('a run is read in every format that score writes, compressed or not', async () => {
  const { stdout } = await run(['compare', a, b]);
  const text = await readFile(b);
  await writeFile(join(folder, 'b.jsonl.gz'), gzipSync(text));
  for (const name of ['b.parquet', 'b.arrow']) {
    assert.equal((await run([...CUT, '-o', join(folder, name)])).code, 0);
  }
  for (const name of ['b.jsonl.gz', 'b.parquet', 'b.arrow']) {
    assert.deepEqual(await run(['compare', a, join(folder, name)]), { ...NOTHING_TOLD, stdout }, name);
  }
});

test('misuse: one file, three files, standard input twice, a missing file, rows instead of rankings', async () => {
  assert.match((await run(['compare', a])).stderr, /E_USAGE: .*'B'/);
  assert.match((await run(['compare', a, a, a])).stderr, /E_USAGE/);
  assert.match((await run(['compare', '-', '-'])).stderr, /E_USAGE: A and B cannot both be standard input/);
  assert.match((await run(['compare', a, join(folder, 'none')])).stderr, /E_NO_INPUT/);
  const onto = await run(['compare', a, a, '--json', a, '--force']);
  assert.match(onto.stderr, /E_USAGE: .*--json and an input are the same place/);
  const rows = await run(['compare', a, SAMPLE]);
  assert.equal(rows.code, 1);
  assert.match(rows.stderr, /E_FIELD: .*fixtures\/sample\.jsonl, line 1 .*this is a row, not a ranking/);
  assert.doesNotMatch(rows.stderr, /--scored/);
});

test('bad rows of either run are skipped and counted under --on-error skip', async () => {
  const broken = join(folder, 'broken.jsonl');
  await writeFile(broken, `nonsense\n${await readFile(b, 'utf8')}`);
  const rejects = join(folder, 'rejects.jsonl');
  const flags = ['--on-error', 'skip', '-q', '--rejects', rejects];
  const { code, stdout, stderr } = await run(['compare', a, broken, ...flags]);
  assert.equal(code, 1);
  assert.match(stdout, /Rows in both: 28, /);
  assert.match(stderr, /E_SKIPPED: 1 of 57 rows/);
  assert.deepEqual(
    lines(await readFile(rejects, 'utf8')).map((line) => JSON.parse(line).file),
    [broken],
  );
});
