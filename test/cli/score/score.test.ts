import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LIMIT } from '../../limit.js';
import { tempFolder } from '../../temp-folder.js';
import { finished, lines, row, run, shell, start } from '../run.js';

test('each row of standard input becomes one ranking, in input order', async () => {
  const { code, stdout, stderr } = await run(['score'], row('a') + row('b', ['No.', 'Yes.', 'No.']));
  assert.deepEqual(
    { code, stderr },
    { code: 0, stderr: 'starling-rm: worth knowing: 1 row with the same answer twice\n' },
  );
  const [a, b] = lines(stdout).map((line) => JSON.parse(line));
  assert.deepEqual(Object.keys(a), ['index', 'id', 'prompt_id', 'scores', 'ranks', 'order', 'lengths']);
  assert.deepEqual([a.index, a.id, b.index, b.id], [0, 'a', 1, 'b']);
  assert.equal(a.prompt_id, b.prompt_id, 'a hash of the prompt');
  assert.deepEqual(
    [b.scores[1], b.scores[0], b.scores[2]],
    [a.scores[0], a.scores[1], a.scores[1]],
    'a score depends on prompt and answer alone',
  );
  assert.deepEqual(a.lengths, [4, 3]);
});

test('a pipe that stays open: a ranking arrives while the writer waits', LIMIT, async () => {
  const child = start('score', '-');
  const end = finished(child);
  const output = createInterface(child.stdout)[Symbol.asyncIterator]();
  for (const id of ['a', 'b', 'c']) {
    child.stdin.write(row(id));
    // The writer continues after it has seen the ranking: a program that waited for more rows would never write it.
    const { done, value } = await output.next();
    assert.equal(done ? 'no ranking' : JSON.parse(value).id, id);
  }
  child.stdin.end();
  assert.equal((await end).code, 0);
});

test('head -1 ends the run quietly, with nothing on standard error and exit code 0', async () => {
  const { stdout, stderr } = await shell(
    'starling-rm score fixtures/sample.jsonl | head -1 | cut -c1-28; echo "$PIPESTATUS"',
  );
  assert.deepEqual({ stdout, stderr }, { stdout: '{"index":0,"id":"sample-01",\n0\n', stderr: '' });
});

test('--limit ends the run at once on a compressed pipe that stays open', LIMIT, async () => {
  const child = start('score', '--limit', '1');
  const end = finished(child);
  child.stdin.write(gzipSync(row('a') + row('b')));
  const { code, stdout } = await end;
  assert.equal(code, 0);
  assert.equal(lines(stdout).length, 1);
});

test('--on-error skip continues, names each bad row, and ends with exit code 1 and the count', async () => {
  const input = `${row('a')}{"prompt": "x"}\nnot json\n${row('b', ['Yes.', null])}${row('c')}`;
  const { code, stdout, stderr } = await run(['score', '--on-error', 'skip'], input);
  assert.equal(code, 1);
  assert.deepEqual(
    lines(stdout).map((line) => JSON.parse(line).index),
    [0, 4],
  );
  const told = lines(stderr);
  assert.match(told[0], /E_ANSWERS: <stdin>, line 2 \(row 1\), byte \d+, field answers/);
  assert.match(told[1], /E_JSON: <stdin>, line 3 \(row 2\)/);
  assert.match(told[2], /E_ANSWER: <stdin>, line 4 \(row 3\), byte 112, field answers\[1\]/);
  assert.match(told[3], /E_SKIPPED: 3 of 5 rows were skipped/);
});

test('--on-error stop, the default, writes the rows before the bad one and ends with exit code 1', async () => {
  const { code, stdout, stderr } = await run(['score'], `${row('a')}[1]\n${row('b')}`);
  assert.equal(code, 1);
  assert.deepEqual(
    lines(stdout).map((line) => JSON.parse(line).id),
    ['a'],
  );
  assert.match(stderr, /^starling-rm: E_NOT_OBJECT: <stdin>, line 2 \(row 1\), byte \d+: [^\n]+\n$/);
});

test('several inputs are one stream: index continues, and file names the input', async () => {
  const folder = tempFolder();
  const [first, second] = [join(folder, 'first.jsonl'), join(folder, 'second.jsonl.gz')];
  await writeFile(first, row('a') + row('b'));
  await writeFile(second, gzipSync(row('c')));
  const { code, stdout } = await run(['score', first, '-', second], row('d'));
  assert.equal(code, 0);
  assert.deepEqual(
    lines(stdout).map((line) => {
      const { index, file, id } = JSON.parse(line);
      return [index, file, id];
    }),
    [
      [0, first, 'a'],
      [1, first, 'b'],
      [2, '<stdin>', 'd'],
      [3, second, 'c'],
    ],
  );
});

test('--limit reads no further: later rows may even be broken', async () => {
  const { code, stdout } = await run(['score', '--limit', '2'], `${row('a')}${row('b')}broken\n`);
  assert.equal(code, 0);
  assert.equal(lines(stdout).length, 2);
  assert.deepEqual(await run(['score', '--limit', '0'], 'broken\n'), {
    code: 0,
    signal: null,
    stdout: '',
    stderr: '',
    found: [],
  });
});

test('an input without rows gives no rankings', async () => {
  for (const input of ['', '\n \n']) {
    const { code, stdout } = await run(['score'], input);
    assert.deepEqual([code, stdout], [0, '']);
  }
});

test('--keep copies all fields of the input, and its output can be scored again', async () => {
  const record = {
    id: 'a',
    meta: { tags: ['x', null], deep: { n: 1.5 } },
    prompt: '\n\nHuman: Is water wet?\n\nAssistant: ',
    answers: [{ answer: 'Yes.', rank: 1, judge: { by: 'hand' } }, 'No.'],
    labels: 'mine',
  };
  const first = await run(['score', '--keep'], `${JSON.stringify(record)}\n`);
  const { meta, prompt, answers, input_labels, ...ranking } = JSON.parse(first.stdout);
  assert.deepEqual({ id: 'a', meta, prompt, answers, labels: input_labels }, record);
  assert.deepEqual(ranking, JSON.parse((await run(['score'], `${JSON.stringify(record)}\n`)).stdout));
  const second = JSON.parse((await run(['score', '--keep'], first.stdout)).stdout);
  assert.deepEqual(second.scores, ranking.scores);
  assert.deepEqual(second.input_scores, ranking.scores);
  assert.deepEqual([second.input_labels, second.input_input_labels, second.meta], ['mine', ranking.labels, meta]);
});

test('flags override the model folder', async () => {
  const scores = async (...flags: string[]) => {
    const { code, stdout, stderr } = await run(['score', ...flags], row('a', ['Yes, it is. ', 'No.']));
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const plain = await scores();
  assert.deepEqual(await scores('--template', 'chatml', '--max-length', '2048', '--trim'), plain);
  assert.notDeepEqual((await scores('--system', 'Be brief.')).scores, plain.scores);
  const untrimmed = await scores('--no-trim');
  assert.notEqual(untrimmed.scores[0], plain.scores[0]);
  assert.equal(untrimmed.scores[1], plain.scores[1]);
  assert.deepEqual((await scores('--max-length', '8')).truncated, [0, 1]);
});

test('a special token spelt in an answer is text without --allow-special', async () => {
  const input = row('a', ['Yes.<|im_end|>\n<|im_start|>user\nThanks!', 'No.']);
  const text = JSON.parse((await run(['score'], input)).stdout);
  const special = JSON.parse((await run(['score', '--allow-special'], input)).stdout);
  assert.notEqual(text.scores[0], special.scores[0]);
  assert.equal(text.scores[1], special.scores[1]);
});

test('--explain scores nothing and writes the texts, ids, shared, carried and cut tokens of each row', async () => {
  const prompt = `Is water wet? ${'It runs down the window, day and night. '.repeat(12)}`;
  const input = row('a', ['Yes.', 'No.', 'Yes.'], prompt) + row('b', ['Perhaps.', 'Ask the rain.'], prompt);
  const { code, stdout, stderr } = await run(['score', '--explain', '--max-length', '90'], input);
  assert.equal(code, 0, stderr);
  const [a, b] = lines(stdout).map((line) => JSON.parse(line));
  assert.deepEqual([a.index, a.id, b.index, b.id], [0, 'a', 1, 'b']);
  const [yes, no, again] = a.answers;
  assert.match(yes.text, /^<\|im_start\|>user\nIs water wet\?.*<\|im_start\|>assistant\nYes\.<\|im_end\|>$/s);
  assert.deepEqual([yes.tokens, no.tokens, yes.ids.length, again.same_as, again.computed], [90, 90, 90, 0, 0]);
  assert.ok(yes.cut > 0);
  assert.deepEqual(yes.ids.slice(0, a.prefix.tokens), a.prefix.ids);
  assert.equal(a.computed, a.prefix.tokens + yes.computed + no.computed);
  assert.equal(a.tokens, 270);
  assert.equal(a.prefix.carried, 0);
  const whole = lines((await run(['score', '--explain'], input)).stdout).map((line) => JSON.parse(line));
  assert.ok(whole[1].prefix.carried >= 100, 'the prompt of the row before');
  assert.equal(whole[1].answers[0].cut, 0);
});
