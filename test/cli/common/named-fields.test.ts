import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { type Finished, lines, run } from '../run.js';
import { arrowBytes, parquetBytes } from '../score/bad-files.js';

const model = byteModel();

async function score(args: readonly string[], stdin: string | Buffer = ''): Promise<Finished> {
  return run(['score', '-q', '-m', await model, ...args], stdin);
}

const ROWS = `${JSON.stringify({
  prompt: 'hi',
  answers: [
    { answer: 'a', rating: 1, notes: { helpful: 3 } },
    { answer: 'b', rating: 2, notes: { helpful: 1 } },
  ],
})}\n`.repeat(2);
const OUT = `${JSON.stringify({ q: 'hi', out: { a: 'yes', b: 'no' } })}\n`.repeat(2);
const BAD = 'broken\n';
const SKIP = ['--on-error', 'skip'];

const MISNAMED: readonly { args: string[]; rows: string; says: RegExp; scored: number }[] = [
  {
    args: ['--label-field', 'ratign'],
    rows: ROWS,
    says: /the field ratign, which --label-field names; rows here have rating, /,
    scored: 2,
  },
  {
    args: ['--label-field', 'helpful'],
    rows: ROWS,
    says: /the field helpful, .* rows here have notes\.helpful, /,
    scored: 2,
  },
  {
    args: ['--prompt-field', 'promt'],
    rows: ROWS,
    says: /line 1 \(row 0\), .*: no row has the field promt, which --prompt-field names; rows here have prompt, answers$/m,
    scored: 0,
  },
  {
    args: ['--answers-field', 'answer', ...SKIP],
    rows: ROWS,
    says: /E_USAGE: no row has the field answer, which --answers-field names; rows here have answers, prompt$/m,
    scored: 0,
  },
  {
    args: ['--prompt-field', 'q', '--answers-field', 'out.a,out.c'],
    rows: OUT,
    says: /the field out\.c, which --answers-field names; rows here have out\.a, /,
    scored: 0,
  },
];

for (const { args, rows, says, scored } of MISNAMED) {
  test(`a field that no row has is misuse, and the error lists the existing names: ${args.join(' ')}`, async () => {
    const { code, stdout, stderr } = await score(args, rows);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /E_USAGE: /);
    assert.match(stderr, says);
    assert.equal(lines(stdout).length, scored, 'what was scored before is there');
  });
}

test('a misspelt field is misuse in every format, and leaves no output file', async () => {
  const folder = tempFolder();
  const files: [string, Buffer][] = [
    ['rows.parquet', await parquetBytes("SELECT 'hi' AS prompt, ['a', 'b'] AS answers, [1, 2] AS marks")],
    ['rows.arrow', await arrowBytes('file', 3)],
  ];
  for (const [name, bytes] of files) {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    const { code, stderr } = await score([file, '--label-field', 'mraks', '-o', `${file}.out`]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /E_USAGE: no row has the field mraks, .*; rows here have (marks|prompt), /);
    assert.equal(existsSync(`${file}.out`), false);
  }
});

test('a field that some rows have is no misuse, nor is any field where no row was read', async () => {
  const without = `${JSON.stringify({ prompt: 'hi', answers: ['a', 'b'] })}\n`;
  const beside = `${JSON.stringify({ prompt: 'hi', answers: ['a', 'b'], marks: null })}\n`;
  assert.equal((await score(['--label-field', 'rating'], without + ROWS)).code, 0);
  assert.equal((await score(['--label-field', 'marks'], without + beside)).code, 0);
  assert.equal((await score(['--label-field', 'marks'], '')).code, 0);
  const late = await score(['--prompt-field', 'q', '--answers-field', 'out.a,out.b'], OUT + ROWS);
  assert.deepEqual([late.code, lines(late.stdout).length], [1, 2]);
  assert.match(late.stderr, /E_PROMPT: <stdin>, line 3 \(row 2\), .*field q/);
  const other = await score(['--label-field', 'x'], BAD + ROWS);
  assert.deepEqual([other.code, /E_JSON/.test(other.stderr)], [1, true], other.stderr);
});

test('the error cuts long names and long lists of names', async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`field-${i}-${'x'.repeat(5000)}`, i]));
  const row = `${JSON.stringify({ prompt: 'hi', answers: ['a'], ...many })}\n`;
  const { code, stderr } = await score(['--label-field', 'field'], row);
  assert.equal(code, 2);
  assert.match(stderr, /; rows here have (field-\d+-x+…, ){8}?and|field-\d+-x+… and \d+ more/);
  assert.ok(stderr.length < 1000, `${stderr.length}`);
});

test('labels beside the answers must be a list', async () => {
  const row = `${JSON.stringify({ prompt: 'hi', answers: ['a', 'b'], winner: 'c' })}\n`;
  const { code, stderr } = await score(['--label-field', 'winner'], row);
  assert.equal(code, 1);
  assert.match(stderr, /E_LABEL: .*field winner: found the string "c", expected a list of ranks or scores, .*\[1,2\]/);
});

test('a list of labels must have one for each answer', async () => {
  const row = `${JSON.stringify({ prompt: 'hi', answers: ['a', 'b'], marks: [1, 2, 3] })}\n`;
  const { code, stderr } = await score(['--label-field', 'marks'], row);
  assert.equal(code, 1);
  assert.match(stderr, /E_LABEL: <stdin>, line 1 \(row 0\), byte 0, field marks: found 3 labels for 2 answers/);
});

test('--prompt-format sets how text prompts are read, in every command that reads rows', async () => {
  const marked = (prompt: string) => `${JSON.stringify({ prompt, answers: ['a', 'b'] })}\n`;
  const preamble = marked('You are kind.\n\nHuman: hi\n\nAssistant:');
  const refused = await score([], preamble);
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /E_PROMPT: .*field prompt: .*--prompt-format text/);
  assert.equal((await score(['--prompt-format', 'text'], preamble)).code, 0);
  assert.equal((await score([], marked('Say:\n\nAssistant: hi'))).code, 0);
  assert.match((await score(['--prompt-format', 'dialogue'], marked('hi'))).stderr, /E_PROMPT/);
  const { stderr, code } = await score(['--prompt-format', 'texts'], preamble);
  assert.deepEqual([code, /E_USAGE: .*auto, dialogue, text/.test(stderr)], [2, true], stderr);
  const explained = await score(['--prompt-format', 'text', '--explain'], preamble);
  assert.ok(explained.stdout.includes('user\\nYou are kind.\\n\\nHuman: hi\\n\\nAssistant:'), explained.stdout);
  const scored = await run(['evaluate', '--scored', '--prompt-format', 'text', '-q'], '');
  assert.match(scored.stderr, /E_USAGE: with --scored no row is read.*--prompt-format/);
  const args = ['evaluate', '-q', '-m', await model, '--html', '-', '--prompt-format', 'text', '--on-error', 'stop'];
  const page = await run(args, preamble.replace('["a","b"]', '[{"answer":"a","rank":2},{"answer":"bb","rank":1}]'));
  assert.match(page.stdout, /You are kind\.\s+Human: hi/, 'the page has the texts as they were read');
});
