import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { sha256 } from '../../../src/model/files.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { finished, lines, row, start } from '../run.js';

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGUSR1: 138, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNALS;
const signals = Object.keys(SIGNALS) as Signal[];

let model: string;

before(async () => {
  model = await byteModel();
});

/** The exit code that a shell sees: 128 plus the number of the signal that ended the process. */
function shellCode({ code, signal }: { code: number | null; signal: string | null }): number | null {
  return signal === null ? code : (SIGNALS[signal as Signal] ?? -1);
}

/** Waits until the process has loaded the command and listens to signals. */
async function isListening(child: ChildProcessWithoutNullStreams): Promise<void> {
  // The lowest bit is SIGHUP, which only our commands handle; Node handles SIGINT and SIGTERM for a while.
  while (!/SigCgt:\s*\w*[13579bdf]\n/.test(await readFile(`/proc/${child.pid}/status`, 'utf8'))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function isWaiting(child: ChildProcessWithoutNullStreams): Promise<void> {
  await isListening(child);
  await new Promise((resolve) => setTimeout(resolve, 300));
}

for (const signal of signals) {
  test(`${signal} once: score of an endless pipe finishes its rows, and its exit code tells which signal stopped it`, async () => {
    const child = start('score', '--model', model, '--workers', '1');
    const end = finished(child);
    child.stdin.write(row('a'));
    await once(child.stdout, 'data');
    child.kill(signal);
    const { code, stderr } = await end;
    assert.equal(code, SIGNALS[signal], stderr);
    assert.match(stderr, /E_\w+: stopped after 1 rows\n$/);
    assert.equal(/; Ctrl-C again to quit/.test(stderr), signal === 'SIGINT');
  });

  test(`${signal} stops a command that reads a silent pipe, and no debugger listens`, async () => {
    for (const args of [
      ['score', '--model', model],
      ['evaluate', '--scored'],
      ['compare', '-', 'fixtures/sample.jsonl'],
    ]) {
      const child = start(...args);
      const end = finished(child);
      await isWaiting(child);
      child.kill(signal);
      const { code, stderr } = await end;
      assert.equal(code, SIGNALS[signal], `${args}: ${stderr}`);
      assert.doesNotMatch(stderr, /Debugger/);
    }
  });

  test(`${signal} twice ends score at once`, async () => {
    const child = start('score', '--model', model, '--workers', '1');
    const end = finished(child);
    for (let i = 0; i < 200; i++) child.stdin.write(row(`r${i}`, ['Yes.', `No, ${'it is not. '.repeat(150)}`]));
    await once(child.stdout, 'data');
    child.kill(signal);
    const again = setInterval(() => child.kill(signal), 5);
    const ended = await end;
    clearInterval(again);
    assert.equal(shellCode(ended), SIGNALS[signal], ended.stderr);
  });

  test(`${signal} stops convert, which leaves nothing behind, and doctor`, async () => {
    const checkpoint = join(dirname(model), 'checkpoint');
    const folder = tempFolder();
    const target = join(folder, 'model');
    for (const args of [
      ['convert', checkpoint, target],
      ['doctor', '--model', model],
    ]) {
      const child = start(...args);
      const end = finished(child);
      await isListening(child);
      child.kill(signal);
      const ended = await end;
      assert.equal(ended.code, SIGNALS[signal], `${args}: ${ended.stderr}`);
    }
    assert.deepEqual(await readdir(folder), []);
  });
}

/** Templates that compute without end, while texts are made and while the template is loaded. */
const LOOP = '{% for i in range(10**6) %}{% for j in range(10**6) %}{% endfor %}{% endfor %}';
const TURNS = '{% for m in messages %}<|im_start|>{{ m.content }}<|im_end|>{% endfor %}';
const BOMB = `{% set n = namespace(s='a' ~ messages[-1].content) %}{% for i in range(24) %}{% set n.s = n.s ~ n.s %}{% endfor %}{% for i in range(10**6) %}{% set x = n.s | replace('a', 'b') %}{% endfor %}`;
const ENDLESS = {
  'a template loops as it is loaded': TURNS + LOOP,
  'a template loops in a row': `${TURNS}{% if messages[-1].content == 'loop' %}${LOOP}{% endif %}`,
  'a template replaces again and again in a text of millions of letters': `${TURNS}{% if messages[-1].content == 'loop' %}${BOMB}{% endif %}`,
};

for (const [what, template] of Object.entries(ENDLESS)) {
  test(`every second signal ends score while ${what}`, async () => {
    const file = join(tempFolder(), 'endless.jinja');
    writeFileSync(file, template);
    for (const signal of signals) {
      const child = start('score', '--model', model, '--template-file', file);
      const end = finished(child);
      child.stdin.end(row('a', ['a', 'loop']));
      await isWaiting(child);
      child.kill(signal);
      const again = setInterval(() => child.kill(signal), 50);
      const ended = await end;
      clearInterval(again);
      assert.equal(shellCode(ended), SIGNALS[signal], ended.stderr);
    }
  });
}

test('the first signal ends score soon while a regular expression of the tokenizer backtracks endlessly', async () => {
  const folder = tempFolder();
  cpSync(model, folder, { recursive: true });
  const tokenizer = JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  const pattern = { Regex: '(a+)+!' };
  tokenizer.pre_tokenizer = { type: 'Split', pattern, behavior: 'Isolated', invert: false };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const reward = JSON.parse(readFileSync(join(folder, 'reward.json'), 'utf8'));
  reward.files['tokenizer.json'] = await sha256(join(folder, 'tokenizer.json'));
  writeFileSync(join(folder, 'reward.json'), JSON.stringify(reward));
  const child = start('score', '--model', folder);
  const end = finished(child);
  child.stdin.write(row('a') + row('b', ['a'.repeat(60)]));
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const { code, stdout, stderr } = await end;
  assert.equal(code, 143, stderr);
  assert.equal(lines(stdout).length, 1);
  assert.match(stderr, /E_TERMINATED: stopped while the tokenizer was running/);
});

test('SIGINT says how many rows are still written, and so many are', async () => {
  const child = start('score', '--model', model, '--workers', '1');
  const end = finished(child);
  for (let i = 0; i < 300; i++) child.stdin.write(row(`r${i}`, ['Yes.', `No, ${'it is not. '.repeat(100)}`]));
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const { code, stdout, stderr } = await end;
  assert.equal(code, 130, stderr);
  const [, finishing] = /finishing (\d+) rows? in flight; Ctrl-C again to quit/.exec(stderr) ?? [];
  const written = lines(stdout).length;
  assert.ok(Number(finishing) >= 1 && Number(finishing) <= written, `${finishing} of ${written}: ${stderr}`);
  assert.equal(Number(/stopped after (\d+) rows/.exec(stderr)?.[1]), written);
});

test('with --quiet, SIGINT prints only why the run ended', async () => {
  const child = start('score', '-q', '--model', model);
  const end = finished(child);
  child.stdin.write(row('a'));
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  assert.equal((await end).stderr, 'starling-rm: E_INTERRUPTED: stopped after 1 rows\n');
});

test('every signal ends the computation of intervals at once', async () => {
  const ranking = { scores: [1, 2], ranks: [2, 1], order: [1, 0], labels: [1, 2], lengths: [1, 2] };
  const file = join(tempFolder(), 'rankings');
  const content = Array.from({ length: 20_000 }, (_, index) =>
    JSON.stringify({ index, prompt_id: `${index}`, ...ranking }),
  );
  writeFileSync(file, `${content.join('\n')}\n`);
  for (const signal of signals) {
    const child = start('compare', file, file);
    const end = finished(child);
    await isListening(child);
    child.kill(signal);
    assert.equal(shellCode(await end), SIGNALS[signal]);
  }
});

test('under nohup SIGHUP is ignored, both as a command and as a script of node', async () => {
  for (const command of [['bin/starling-rm'], [process.execPath, 'bin/starling-rm']]) {
    const words = [...command, 'score', '-q', '--model', model].map((word) => `'${word}'`).join(' ');
    const child = spawn('bash', ['-c', `nohup ${words}`], { cwd: ROOT });
    const end = finished(child);
    child.stdin.write(row('a'));
    await once(child.stdout, 'data');
    child.kill('SIGHUP');
    child.kill('SIGHUP');
    child.stdin.end(row('b'));
    const { code, signal, stderr } = await end;
    assert.deepEqual(
      { code, signal, stderr: stderr.replace(/^nohup: .*\n/, '') },
      { code: 0, signal: null, stderr: '' },
    );
  }
});
