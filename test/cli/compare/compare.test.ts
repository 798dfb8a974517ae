import assert from 'node:assert/strict';
import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { lines, run } from '../run.js';

const NOTHING_TOLD = { code: 0, signal: null, stderr: '', found: [] };

/** Rankings of the sample as it is, and with its texts cut short. */
const folder = tempFolder();
const [a, b] = [join(folder, 'a.jsonl'), join(folder, 'b.jsonl')];
const SCORE = ['score', '-m', await byteModel(), SAMPLE];
const CUT = [...SCORE, '--max-length', '200'];
assert.equal((await run([...SCORE, '-o', a])).code, 0);
assert.equal((await run([...CUT, '-o', b])).code, 0);

/** The table without the lines on what scored the two runs. */
function figures(table: string): string {
  const [, ...parts] = table.split('\n\n');
  return parts.join('\n\n');
}

test('compare writes what changed, overall and by slice, as a table and as JSON', async () => {
  const json = join(folder, 'c.json');
  const { code, stdout, stderr } = await run(['compare', a, b, '--by', 'source', '--json', json]);
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  assert.match(figures(stdout), /^ +A +B +B - A +95 % interval +p +n\npairwise accuracy /);
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

test('compare names both models, and all in which the two runs differ', async () => {
  const compared = async (one: string, two: string) => {
    const json = join(folder, `${Math.random()}.json`);
    const { code, stdout, stderr } = await run(['compare', one, two, '--json', json]);
    assert.equal(code, 0, stderr);
    return { stdout, stderr, ...JSON.parse(await readFile(json, 'utf8')) };
  };
  const { identity, end } = JSON.parse(await readFile(`${a}.run.json`, 'utf8'));
  const one = await compared(a, b);
  assert.deepEqual(one.scored_by.a, [{ ...identity, date: end.time }]);
  assert.equal(one.scored_by.b[0].max_length, 200);
  assert.deepEqual(one.run_differences, [{ name: '--max-length', a: '2048', b: '200' }]);
  assert.match(
    one.stdout,
    /^A: model int8, .*\nB: model int8, .*\nThe runs differ in one thing: --max-length \(2048 -> 200\)\.\n/,
  );

  const c = join(folder, 'c.parquet');
  assert.equal((await run([...CUT, '--system', 'Be brief.', '-o', c])).code, 0);
  await rm(`${c}.run.json`);
  const two = await compared(a, c);
  assert.deepEqual(two.scored_by.b, [{ ...identity, system: 'Be brief.', max_length: 200 }]);
  assert.match(
    two.stdout.replaceAll(/\s+/g, ' '),
    /The runs differ in 2 things: --system \(null -> Be brief\.\), --max-length \(2048 -> 200\)\. The changes below cannot/,
  );
  assert.deepEqual((await compared(a, a)).run_differences, []);

  const edited = join(folder, 'edited.jsonl');
  await writeFile(
    edited,
    lines(await readFile(b, 'utf8'))
      .slice(1)
      .join('\n'),
  );
  await copyFile(`${b}.run.json`, `${edited}.run.json`);
  const warned = await compared(a, edited);
  assert.match(
    warned.stderr,
    /^starling-rm: .*edited\.jsonl was changed after it was written: \d+ bytes -> \d+ bytes\.\n$/,
  );
  assert.equal(warned.scored_by_notes.length, 1);
});

test('one run may be standard input, in any order of rows; rows of one run only are named and are no failure', async () => {
  const backwards = lines(await readFile(b, 'utf8'))
    .toReversed()
    .slice(3);
  const { code, stdout } = await run(['compare', a, '-'], `${backwards.join('\n')}\n`);
  assert.equal(code, 0);
  assert.match(stdout, /Rows in both: 25, /);
  assert.match(stdout, /Left out, only in A: 3 rows \(sample-26, sample-27, sample-28\)\./);
});

test('compare reads every format that score writes, compressed or not', async () => {
  const { stdout } = await run(['compare', a, b]);
  const text = await readFile(b);
  await writeFile(join(folder, 'b.jsonl.gz'), gzipSync(text));
  for (const name of ['b.parquet', 'b.arrow']) {
    assert.equal((await run([...CUT, '-o', join(folder, name)])).code, 0);
  }
  for (const name of ['b.jsonl.gz', 'b.parquet', 'b.arrow']) {
    const compared = await run(['compare', a, join(folder, name)]);
    assert.deepEqual(
      { ...compared, stdout: figures(compared.stdout) },
      { ...NOTHING_TOLD, stdout: figures(stdout) },
      name,
    );
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
