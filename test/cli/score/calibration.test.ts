import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { lines, run } from '../run.js';

const folder = tempFolder();
const measured = join(folder, 'agreement.json');
let model: string;
let evaluation: { calibration: { temperature: { value: number } }; scored_by: { model_sha256: string }[] };

before(async () => {
  model = await byteModel();
  const { code, stderr } = await run(['evaluate', SAMPLE, '-q', '-m', model, '--json', measured, '--force']);
  assert.equal(code, 0, stderr);
  evaluation = JSON.parse(readFileSync(measured, 'utf8'));
  // The rewards of random weights agree with no label, so T is written by hand.
  evaluation.calibration.temperature.value = 0.5;
  writeFileSync(measured, JSON.stringify(evaluation));
});

test('--calibration adds the probability that the best answer wins, and nothing else', async () => {
  const plain = await run(['score', SAMPLE, '-q', '-m', model]);
  const { code, stdout, stderr } = await run(['score', SAMPLE, '-q', '-m', model, '--calibration', measured]);
  assert.equal(code, 0, stderr);
  const rankings = lines(stdout).map((line) => JSON.parse(line));
  for (const { scores, order, win_probability } of rankings) {
    assert.equal(win_probability[order[0]], null);
    for (const answer of order.slice(1)) {
      const expected = 1 / (1 + Math.exp((scores[answer] - scores[order[0]]) / 0.5));
      assert.ok(Math.abs(win_probability[answer] - expected) < 1e-6);
    }
  }
  const without = rankings.map(({ win_probability: _, ...ranking }) => `${JSON.stringify(ranking)}\n`).join('');
  assert.equal(without, plain.stdout);
});

test('evaluate says how well a given T holds, for rows and for rankings', async () => {
  const saved = join(folder, 'saved.jsonl');
  const again = join(folder, 'again.json');
  const rows = await run([
    'evaluate',
    SAMPLE,
    '-m',
    model,
    '--calibration',
    measured,
    '--save',
    saved,
    '--json',
    again,
  ]);
  assert.equal(rows.code, 0, rows.stderr);
  assert.match(rows.stdout, /With the given T = 0\.500 it is \d+\.\d % \(.* to .*\)\./);
  const { given } = JSON.parse(readFileSync(again, 'utf8')).calibration;
  assert.equal(given.temperature, 0.5);
  assert.ok(given.expected_error.low <= given.expected_error.high);
  const scored = await run(['evaluate', '--scored', saved, '--calibration', measured]);
  assert.equal(scored.code, 0, scored.stderr);
  assert.match(scored.stdout, /With the given T = 0\.500/);
  assert.ok(lines(readFileSync(saved, 'utf8')).every((line) => JSON.parse(line).win_probability.length > 1));
});

test('a run with another T is not continued, and what is no calibration is refused', async () => {
  const out = join(folder, 'out.jsonl');
  const score = (file: string, ...more: string[]) =>
    run(['score', SAMPLE, '-q', '-m', model, '--calibration', file, ...more]);
  assert.equal((await score(measured, '-o', out, '--limit', '2')).code, 0);
  const write = (name: string, value: unknown) => {
    const path = join(folder, name);
    writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
    return path;
  };
  const withT = (value: unknown) => ({ ...evaluation, calibration: { temperature: { value, reason: undefined } } });
  for (const [file, problem, ...more] of [
    [
      write('other.json', withT(0.25)),
      /E_RESUME: .*T of --calibration \(0\.5 -> 0\.25\)/,
      '-o',
      out,
      '--limit',
      '2',
      '--resume',
    ],
    [join(folder, 'absent.json'), /E_NO_INPUT: .*make it with starling-rm evaluate --json FILE/],
    [write('text.json', 'T = 1'), /not valid JSON; expected what starling-rm evaluate --json writes/],
    [write('list.json', []), /not a JSON object/],
    [write('empty.json', {}), /this has no calibration\.temperature/],
    [write('null.json', withT(null)), /this calibration has no T above 0: calibration\.temperature\.value is null/],
    [write('zero.json', withT(0)), /no T above 0/],
    [
      write('model.json', { ...withT(1), scored_by: [{ model: 'x', model_sha256: 'y', dtype: 'int8' }] }),
      /this calibration is of x int8, and the scores are of/,
    ],
    [measured, /--calibration does nothing without rankings to write; drop --explain/, '--explain'],
    [measured, /--calibration does nothing without rankings to write; drop --dry-run/, '--dry-run'],
  ] as [string, RegExp, ...string[]][]) {
    const { code, stdout, stderr } = await score(file, ...more);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, problem);
  }
  const silent = await run([
    'score',
    SAMPLE,
    '--limit',
    '1',
    '-m',
    model,
    '--calibration',
    write('silent.json', { ...withT(1), scored_by: [] }),
  ]);
  assert.match(silent.stderr, /silent\.json does not say which model it calibrates/);
});
