import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { ROOT } from '../../../root.js';
import { tempFolder } from '../../../temp-folder.js';
import { byteModel } from '../../byte-model.js';
import { finished, lines, row, run, start } from '../../run.js';

const JSON_LOG = ['--log-format', 'json'];
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const LABELLED = `${JSON.stringify({
  prompt: 'Is water wet?',
  answers: [
    { answer: 'Yes.', rank: 1 },
    { answer: 'No.', rank: 2 },
  ],
})}\n`;

let model: string;

before(async () => {
  model = await byteModel();
});

interface LogLine {
  time: string;
  level: string;
  event: string;
  message: string;
  [field: string]: unknown;
}

/** The lines of a log. Every line is an object that says when, how bad, what and why. */
function logLines(stderr: string): LogLine[] {
  assert.ok(stderr === '' || stderr.endsWith('\n'), stderr);
  return lines(stderr).map((line) => {
    const found = JSON.parse(line);
    assert.match(found.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, line);
    assert.match(found.level, /^(info|warning|error)$/, line);
    assert.match(found.event, /^[a-z-]+$/, line);
    assert.equal(typeof found.message, 'string', line);
    return found;
  });
}

const events = (log: readonly LogLine[]) => log.map(({ level, event }) => `${level} ${event}`);

/** The fields of the only line of an event, without time and message. */
function factsOf(log: readonly LogLine[], event: string): Record<string, unknown> {
  const found = log.filter((line) => line.event === event);
  assert.equal(found.length, 1, `${event}: ${JSON.stringify(log)}`);
  const { time, message, level, event: _, ...facts } = found[0];
  return facts;
}

test('a run that succeeds says what it is, what it found, and how it ended', async () => {
  const output = join(tempFolder(), 'out.jsonl');
  const { code, stdout, stderr } = await run(
    ['score', ...JSON_LOG, '--model', model, '-', '-o', output],
    row('a') + row('b'),
  );
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '' }, stderr);
  const log = logLines(stderr);
  assert.deepEqual(events(log), ['info start', 'info found', 'info end']);
  const { pid, model_sha256, ...begun } = factsOf(log, 'start');
  assert.match(`${model_sha256}`, /^[0-9a-f]{64}$/);
  assert.equal(typeof pid, 'number');
  const identity = { model: 'model', dtype: 'int8', template: 'chatml' };
  assert.deepEqual(begun, { version, command: 'score', inputs: ['-'], outputs: { output }, ...identity });
  const { identity: recorded } = JSON.parse(readFileSync(`${output}.run.json`, 'utf8'));
  assert.equal(recorded.model_sha256, model_sha256);
  const { seconds, tokens, ...ended } = factsOf(log, 'end');
  assert.ok(Number(seconds) > 0 && Number(tokens) > 0);
  assert.equal(JSON.parse(readFileSync(`${output}.run.json`, 'utf8')).end.tokens, tokens);
  assert.deepEqual(ended, { exit_code: 0, rows: 2, skipped: {}, answers: 4, truncated_answers: 0 });
});

test('skipped rows say code and place in fields, and are counted at the end', async () => {
  const file = join(tempFolder(), 'rows.jsonl');
  await writeFile(file, `${row('a')}{broken\n${row('b', [])}`);
  const { code, stdout, stderr } = await run(['score', ...JSON_LOG, '--model', model, '--on-error', 'skip', file]);
  assert.equal(code, 1);
  assert.equal(lines(stdout).length, 1);
  const log = logLines(stderr);
  const skips = log.filter(({ event }) => event === 'skipped');
  assert.deepEqual(
    skips.map(({ level, code: why, file: where, line, row: index }) => [level, why, where, line, index]),
    [
      ['warning', 'E_JSON', file, 2, 1],
      ['warning', 'E_ANSWERS', file, 3, 2],
    ],
  );
  assert.ok(Number(skips[0].byte) > 0);
  assert.ok(skips[1].field !== undefined);
  for (const { message } of skips) assert.doesNotMatch(message, /^skipped|E_/);
  assert.deepEqual(events(log).slice(-2), ['error error', 'info end']);
  assert.equal(factsOf(log, 'error').code, 'E_SKIPPED');
  const { exit_code, rows, skipped } = factsOf(log, 'end');
  assert.deepEqual({ exit_code, rows, skipped }, { exit_code: 1, rows: 1, skipped: { E_JSON: 1, E_ANSWERS: 1 } });
});

test('an error that ends the run has code, place and message; a file that is kept is named', async () => {
  const folder = tempFolder();
  const file = join(folder, 'rows.jsonl');
  const output = join(folder, 'out.jsonl');
  await writeFile(file, `${row('a')}{broken\n`);
  const { code, stderr } = await run(['score', ...JSON_LOG, '--model', model, file, '-o', output]);
  assert.equal(code, 1);
  const log = logLines(stderr);
  assert.deepEqual(events(log).slice(-3), ['error kept', 'error error', 'info end']);
  assert.equal(factsOf(log, 'kept').file, `${output}.partial`);
  const { code: why, file: where, line, row: index } = factsOf(log, 'error');
  assert.deepEqual({ why, where, line, index }, { why: 'E_JSON', where: file, line: 2, index: 1 });
  assert.equal(factsOf(log, 'end').exit_code, 1);
  const quiet = await run(['score', '-q', ...JSON_LOG, '--model', model, file]);
  assert.deepEqual(events(logLines(quiet.stderr)), ['error error']);
});

test('misuse is one line of the log, also where the flags cannot be parsed', async () => {
  for (const args of [
    ['score', '--log-format=json', '--no-such-flag'],
    ['score', '--no-such-flag', ...JSON_LOG],
    ['score', ...JSON_LOG, '--explain', '--dry-run'],
    ['evaluate', ...JSON_LOG, '--metrics', 'no-ending'],
    ['doctor', ...JSON_LOG],
  ]) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
    const log = logLines(stderr);
    assert.deepEqual(events(log), ['error error'], `${args}`);
    assert.equal(factsOf(log, 'error').code, 'E_USAGE');
  }
  const last = await run(['score', ...JSON_LOG, '--log-format', 'text', '--no-such-flag']);
  assert.match(last.stderr, /^starling-rm: E_USAGE: /, 'the last one counts');
  const unknown = await run(['score', '--log-format', 'xml']);
  assert.match(unknown.stderr, /^starling-rm: E_USAGE: .*text, json/);
  const missing = await run(['score', ...JSON_LOG, '--model', model, 'no-such-file.jsonl']);
  const log = logLines(missing.stderr);
  assert.deepEqual(events(log), ['info start', 'error error', 'info end']);
  assert.equal(factsOf(log, 'error').code, 'E_NO_INPUT');
  assert.equal(factsOf(log, 'end').exit_code, 2);
  const noModel = logLines((await run(['score', ...JSON_LOG, '--model', 'no-such-model', 'package.json'])).stderr);
  assert.equal(factsOf(noModel, 'error').code, 'E_MODEL');
});

test('SIGTERM and SIGINT end the log with the reason and the exit code', async () => {
  for (const [signal, why, exitCode] of [
    ['SIGTERM', 'E_TERMINATED', 143],
    ['SIGINT', 'E_INTERRUPTED', 130],
  ] as const) {
    const child = start('score', ...JSON_LOG, '--model', model, '--workers', '1');
    const end = finished(child);
    child.stdin.write(row('a'));
    await once(child.stdout, 'data');
    child.kill(signal);
    const { code, stderr } = await end;
    assert.equal(code, exitCode, stderr);
    const log = logLines(stderr);
    assert.deepEqual(events(log).slice(-2), ['error error', 'info end']);
    assert.equal(factsOf(log, 'error').code, why);
    const { exit_code, rows } = factsOf(log, 'end');
    assert.deepEqual({ exit_code, rows }, { exit_code: exitCode, rows: 1 });
  }
});

test('evaluate and compare keep logs too; the table is one line where data goes to standard output', async () => {
  const folder = tempFolder();
  const saved = join(folder, 'saved.jsonl');
  const evaluated = await run(
    ['evaluate', ...JSON_LOG, '--model', model, '--save', saved, '--json', '-'],
    LABELLED + LABELLED.replace('wet', 'blue'),
  );
  assert.equal(evaluated.code, 0, evaluated.stderr);
  JSON.parse(evaluated.stdout);
  const log = logLines(evaluated.stderr);
  assert.deepEqual(factsOf(log, 'start').outputs, { json: '-', save: saved });
  assert.match(log.find(({ event }) => event === 'table')?.message ?? '', /\n.*\n/);
  assert.equal(factsOf(log, 'end').rows, 2);
  const compared = await run(['compare', ...JSON_LOG, saved, saved]);
  assert.equal(compared.code, 0, compared.stderr);
  const ofCompare = logLines(compared.stderr);
  assert.deepEqual(events(ofCompare), ['info start', 'info end']);
  assert.deepEqual(factsOf(ofCompare, 'start').inputs, [saved, saved]);
  assert.equal(factsOf(ofCompare, 'end').rows, 4);
});

test('what a resumed run finds done is counted apart', async () => {
  const folder = tempFolder();
  const [file, output] = [join(folder, 'rows.jsonl'), join(folder, 'out.jsonl')];
  await writeFile(file, Array.from({ length: 5 }, (_, i) => row(`${i}`)).join(''));
  const whole = ['score', ...JSON_LOG, '--model', model, file, '-o', output, '--resume'];
  assert.equal((await run(whole)).code, 0);
  const nothing = logLines((await run(whole)).stderr);
  assert.deepEqual(events(nothing), ['info start', 'info message', 'info end']);
  assert.equal(factsOf(nothing, 'end').rows, 0);
});
