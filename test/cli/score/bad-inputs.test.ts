import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { RowError, StarlingError } from '../../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../../src/read/inputs/inputs.js';
import { type RowOptions, readRows } from '../../../src/read/rows.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { bash, lines, run, shell } from '../run.js';
import { arrowBytes, parquetBytes } from './bad-files.js';
import { BAD_INPUTS, type BadInput, GOOD } from './bad-inputs.js';
import { BAD_TABLES } from './bad-tables.js';

const ALL = [...BAD_INPUTS, ...BAD_TABLES];

const model = byteModel();

test('there are at least 40 bad inputs, and at least 10 are run with the real program', () => {
  assert.ok(BAD_INPUTS.length >= 40, `${BAD_INPUTS.length}`);
  assert.ok(BAD_INPUTS.filter((input) => input.run).length >= 10);
  assert.ok(BAD_TABLES.length >= 28, `${BAD_TABLES.length}`);
  assert.equal(new Set(ALL.map(({ title }) => title)).size, ALL.length);
});

/** Puts a bad line after a good row and a blank line, and before another good row. */
const BEFORE = `${GOOD}\n\n`;

/** The place of an error without its file. */
function placeOf({ line, place }: BadInput): object {
  return line === undefined ? { ...place } : { line: 3, byte: BEFORE.length, row: 1, ...place };
}

async function pathOf({ line, file, path, name = 'rows.jsonl' }: BadInput): Promise<string> {
  const folder = tempFolder();
  if (path !== undefined) {
    mkdirSync(join(folder, 'empty'));
    return path.replace('FOLDER', folder);
  }
  const whole =
    line === undefined ? file : Buffer.concat([BEFORE, line, `\n${GOOD}\n`].map((part) => Buffer.from(part)));
  writeFileSync(join(folder, name), typeof whole === 'function' ? await whole() : (whole ?? ''));
  return join(folder, name);
}

interface Outcome {
  good: number;
  bad: RowError[];
  /** The number of good rows after the first bad one. */
  after: number;
  /** The error that ended the reading, if one did. */
  end?: StarlingError;
}

async function outcomeOf(path: string, options: Partial<RowOptions> = {}): Promise<Outcome> {
  const outcome: Outcome = { good: 0, bad: [], after: 0 };
  try {
    for await (const row of readRows(await openInputs([path]), { ...LIMITS, ...options })) {
      if (row instanceof RowError) outcome.bad.push(row);
      else if (outcome.bad.length > 0) outcome.after++;
      else outcome.good++;
    }
  } catch (error) {
    assert.ok(error instanceof StarlingError, String(error));
    outcome.end = error;
  }
  return outcome;
}

for (const input of ALL) {
  const { title, line, code, exitCode, says, before = 1, after = line === undefined ? undefined : 1 } = input;
  test(`${title} is ${code}, located`, async () => {
    const path = await pathOf(input);
    const outcome = await outcomeOf(path, input.options);
    const isRow = after !== undefined;
    const error = isRow ? outcome.bad[0] : outcome.end;
    assert.ok(error, 'an error');
    assert.equal(error.code, code);
    assert.equal(error.exitCode, exitCode);
    assert.deepEqual(error.place, { file: path, ...placeOf(input) });
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /\n/);
    assert.ok(before === 'some' ? outcome.good > 0 : outcome.good === before, `${outcome.good} good rows before it`);
    assert.deepEqual([outcome.bad.length, outcome.after], isRow ? [1, after] : [0, 0]);
    assert.equal(outcome.end, isRow ? undefined : error);
    if (input.run) {
      const told = await run(['score', path, '-q', '-m', await model]);
      assert.deepEqual([told.code, told.stderr], [exitCode, `starling-rm: ${error}\n`]);
      assert.equal(lines(told.stdout).length, before, 'rankings before it');
    }
  });
}

test('inputs that look wrong and are right', async () => {
  const folder = tempFolder();
  const inputs: [string, string | Buffer, number][] = [
    ['mark-crlf.jsonl', `\ufeff${GOOD}\r\n\r\n${GOOD}\r\n`, 2],
    ['no-newline.jsonl', GOOD, 1],
    ['escaped-nul.jsonl', '{"prompt":"h\\u0000i","answers":["\\u0000"]}', 1],
    ['negative.jsonl', '{"prompt":"hi","answers":[{"answer":"a","rank":-1},{"answer":"b","rank":-2.5}]}', 1],
    ['nothing.jsonl', '', 0],
    ['blank.jsonl', '\n \r\n', 0],
    ['no-rows.json', '[]', 0],
    ['no-rows.parquet', await parquetBytes("SELECT 'hi' AS prompt, ['a'] AS answers WHERE false"), 0],
    ['no-rows.arrow', await arrowBytes('file', 0), 0],
    ['no-rows.arrows', await arrowBytes('stream', 0), 0],
    ['text.parquet', GOOD, 1],
    ['parquet.jsonl', await parquetBytes("SELECT 'hi' AS prompt, ['a'] AS answers"), 1],
  ];
  for (const [name, content, count] of inputs) {
    writeFileSync(join(folder, name), content);
    assert.deepEqual(await outcomeOf(join(folder, name)), { good: count, bad: [], after: 0 }, name);
  }
  const all = await run(['score', folder, '-m', await model]);
  assert.deepEqual([all.code, lines(all.stdout).length], [0, 7]);
});

test('labels of half of the answers are used, and counted at the end', async () => {
  const rows = '{"prompt":"hi","answers":[{"answer":"a","rank":1},"b",{"answer":"c","rank":2},"d"]}\n'.repeat(2);
  const { code, stdout, stderr } = await run(['score', '-m', await model], rows);
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(lines(stdout)[0]).labels, [1, null, 2, null]);
  assert.match(stderr, /worth knowing: .*2 rows with labels for some answers only/);
});

test('a file that this user may not read is an error', {
  skip: process.getuid?.() === 0 && 'NOT TESTED: root may read every file',
}, async () => {
  const path = join(tempFolder(), 'rows.jsonl');
  writeFileSync(path, GOOD);
  chmodSync(path, 0);
  await assert.rejects(openInputs([path]), { code: 'E_NO_INPUT', message: /may not be read by this user/ });
});

test('a folder and Parquet cannot come on standard input', async () => {
  const folder = await shell(bash`starling-rm score -m ${await model} < ${tempFolder()}`);
  assert.equal(folder.code, 2);
  assert.match(folder.stderr, /^starling-rm: E_NO_INPUT: <stdin>: this is a folder/);
  const parquet = await run(['score', '-m', await model], 'PAR1');
  assert.equal(parquet.code, 1);
  assert.match(parquet.stderr, /^starling-rm: E_READ: <stdin>: Parquet is read from its end/);
});
