import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Ranking } from '../../../src/contracts/ranking.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { type Finished, lines, run } from '../run.js';
import { writeTableFiles } from './table-files.js';
import { LONG_FLAGS, longTable, nectarRows } from './table-rows.js';

const ROWS = nectarRows(30);
const model = byteModel();
const folder = tempFolder();
const files = writeTableFiles(ROWS, folder);

async function score(args: readonly string[], stdin: string | Buffer = ''): Promise<Finished> {
  return run(['score', '-q', '-m', await model, ...args], stdin);
}

/** Rankings without the names of inputs, which depend on their number. */
function rankingsIn(stdout: string): Ranking[] {
  return lines(stdout).map((line) => {
    const { file: _, ...ranking } = JSON.parse(line);
    return ranking;
  });
}

/** The score of each answer, by the id of its row and its model and label. */
function scoresOf(rankings: readonly Ranking[]): string[] {
  return rankings
    .flatMap(({ id, scores, models, labels }) => scores.map((one, i) => `${id} ${models?.[i]} ${labels?.[i]} ${one}`))
    .sort();
}

test('the same rows in JSON lines, tables, Parquet and save_to_disk get the same rankings, byte for byte', async () => {
  const [jsonl, ...others] = await files;
  const { code, stdout, stderr } = await score([jsonl.path]);
  assert.equal(code, 0, stderr);
  const expected = rankingsIn(stdout);
  assert.equal(expected.length, ROWS.length);
  for (const { name, path, flags, isShuffled } of others) {
    const told = await score([path, ...flags]);
    assert.equal(told.code, 0, `${name}: ${told.stderr}`);
    const rankings = rankingsIn(told.stdout);
    if (isShuffled) assert.deepEqual(scoresOf(rankings), scoresOf(expected), name);
    else if (name === 'save_to_disk') assert.deepEqual(rankings, expected, name);
    else assert.equal(told.stdout, stdout, name);
  }
});

test('--limit, --sample and standard input choose the same rows of a long table as of JSON lines', async () => {
  const [jsonl, , long] = await files;
  for (const args of [
    ['--limit', '7'],
    ['--sample', '9', '--seed', '3'],
  ]) {
    const expected = await score([jsonl.path, ...args]);
    assert.equal((await score([long.path, ...LONG_FLAGS, ...args])).stdout, expected.stdout, args[0]);
  }
  const table = readFileSync(long.path);
  const expected = await score([jsonl.path]);
  for (const stdin of [table, gzipSync(table)]) {
    const told = await score([...LONG_FLAGS, '--input-format', 'csv'], stdin);
    assert.equal(told.stdout, expected.stdout, told.stderr);
  }
});

test('a run over a long table that was cut off is gone on with to the same bytes, in every format of text', async () => {
  const [, , long] = await files;
  for (const [ending, flags] of [
    ['jsonl', LONG_FLAGS],
    ['csv', LONG_FLAGS],
    ['jsonl', [...LONG_FLAGS, '--unsorted']],
  ] as const) {
    const out = join(tempFolder(), `r.${ending}`);
    const args = [long.path, ...flags, '-o', out];
    assert.equal((await score([...args, '--limit', '30'])).code, 0);
    const whole = readFileSync(out);
    const record = readFileSync(`${out}.run.json`, 'utf8');
    writeFileSync(`${out}.partial`, whole.subarray(0, Math.floor(whole.length * 0.6)));
    const { end: _, ...begun } = JSON.parse(record);
    writeFileSync(`${out}.run.json`, JSON.stringify(begun));
    writeFileSync(out, '');
    const { code, stderr } = await score([...args, '--limit', '30', '--resume', '--force']);
    assert.equal(code, 0, stderr);
    assert.ok(readFileSync(out).equals(whole), ending);
    const other = await score([long.path, '--group-by', 'prompt', '-o', out, '--limit', '30', '--resume']);
    assert.match(other.stderr, /E_(RESUME|EXISTS)/);
  }
});

test('a file of fields reads the table that it was made of, and flags override it', async () => {
  const [, , long] = await files;
  const made = await score([long.path, '--explain-fields', ...LONG_FLAGS]);
  assert.deepEqual(
    [made.code, JSON.parse(made.stdout)],
    [
      0,
      {
        prompt_field: 'prompt',
        answer_text_field: 'answer',
        model_field: 'model',
        label_field: 'rank',
        group_by: 'id',
      },
    ],
  );
  const file = join(tempFolder(), 'fields.json');
  writeFileSync(file, made.stdout);
  assert.equal((await score([long.path, '--fields', file])).stdout, (await score([long.path, ...LONG_FLAGS])).stdout);
  const other = await score([long.path, '--fields', file, '--label-field', 'turns', '--limit', '1']);
  assert.deepEqual(JSON.parse(other.stdout).label_scores, [1, 1, 1, 1, 1, 1, 1]);
});

test('rows that look like a long table are reported once', async () => {
  const { code, stderr } = await run(
    ['score', '-m', await model, '--input-format', 'csv', '--limit', '6'],
    longTable(ROWS),
  );
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/gather them with --group-by FIELD/g)?.length, 1);
});
