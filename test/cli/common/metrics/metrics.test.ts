import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { JsonConsole } from '../../../../src/cli/common/console/json-console.js';
import { RunCounts } from '../../../../src/cli/common/console/run-counts.js';
import { MetricsFile } from '../../../../src/cli/common/metrics/metrics-file.js';
import { metricsText } from '../../../../src/cli/common/metrics/metrics-text.js';
import { tempFolder } from '../../../temp-folder.js';
import { byteModel } from '../../byte-model.js';
import { bash, finished, row, run, shell, start } from '../../run.js';
import { type Family, families } from './exposition.js';

const BEGIN = { isRunning: true, startTime: 1_700_000_000.5, now: 1_700_000_001.25, residentBytes: 12_345 };

let model: string;

before(async () => {
  model = await byteModel();
});

function metricsIn(file: string): Map<string, Family> {
  return families(readFileSync(file, 'utf8'));
}

/** The value of a metric in a file, by its labels without `run`. */
function valueIn(found: Map<string, Family>, name: string, labels = ''): number | undefined {
  const { values } = found.get(`starling_rm_${name}`) ?? { values: new Map<string, number>() };
  for (const [key, value] of values) if (key.replace(/,?run="[^"]*"/, '').replace(/^,/, '') === labels) return value;
  return undefined;
}

test('a run leaves its counts in the text format, readable by the collector, whatever the umask', async () => {
  const folder = tempFolder();
  const [file, metrics] = [join(folder, 'rows.jsonl'), join(folder, 'nightly.prom')];
  await writeFile(file, `${row('a')}{broken\n${row('b', ['Yes.', 'No.', `Or ${'so '.repeat(2000)}`])}`);
  const before = Date.now() / 1000;
  const words = bash`--model ${model} ${file} -o ${folder}/out.jsonl --metrics ${metrics}`;
  const { code, stderr } = await shell(`umask 077; starling-rm score --on-error skip ${words}`);
  assert.equal(code, 1, stderr);
  const found = metricsIn(metrics);
  for (const { values } of found.values()) for (const key of values.keys()) assert.match(key, /run="nightly"/);
  assert.equal(valueIn(found, 'rows_total'), 2);
  assert.equal(valueIn(found, 'answers_total'), 5);
  assert.equal(valueIn(found, 'truncated_answers_total'), 1);
  assert.equal(valueIn(found, 'skipped_rows_total', 'code="E_JSON"'), 1);
  const { end } = JSON.parse(readFileSync(join(folder, 'out.jsonl.run.json'), 'utf8'));
  assert.equal(valueIn(found, 'tokens_total'), end.tokens);
  for (const stage of ['read', 'encode', 'engine', 'write']) {
    assert.ok(Number(valueIn(found, 'stage_seconds_total', `stage="${stage}"`)) > 0, stage);
  }
  assert.equal(valueIn(found, 'running'), 0);
  assert.ok(Number(valueIn(found, 'resident_memory_bytes')) > 1e6);
  const [started, updated] = ['start_time_seconds', 'last_update_time_seconds'].map((name) => valueIn(found, name));
  assert.ok(Number(started) > before - 1 && Number(updated) >= Number(started) && Number(updated) <= Date.now() / 1000);
  assert.equal(statSync(metrics).mode & 0o777, 0o644);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith('.new')),
    [],
  );
});

test('evaluate and compare keep metrics, and replace those of the run before', async () => {
  const folder = tempFolder();
  const [saved, metrics] = [join(folder, 'saved.jsonl'), join(folder, 'm.prom')];
  await writeFile(metrics, 'left by another run');
  const labelled = { prompt: 'Is water wet?', answers: ['Yes.', 'No.'].map((answer, i) => ({ answer, rank: i + 1 })) };
  const rows = `${JSON.stringify(labelled)}\n`;
  const evaluated = await run(['evaluate', '--model', model, '--save', saved, '--metrics', metrics], rows);
  assert.equal(evaluated.code, 0, evaluated.stderr);
  assert.equal(valueIn(metricsIn(metrics), 'answers_total'), 2);
  const compared = await run(['compare', saved, saved, '--metrics', metrics]);
  assert.equal(compared.code, 0, compared.stderr);
  assert.equal(valueIn(metricsIn(metrics), 'rows_total'), 2);
});

test('a metrics file that cannot be written, or would never be read, is misuse before the run begins', async () => {
  const folder = tempFolder();
  await mkdir(join(folder, 'folder.prom'));
  const cases: [string, RegExp][] = [
    [join(folder, 'no-such-folder/m.prom'), /cannot be created: ENOENT/],
    ['/proc/m.prom', /cannot be created/],
    [join(folder, 'folder.prom'), /not a file to write/],
    [join(folder, 'm.txt'), /names end in \.prom/],
    [join(folder, '.prom'), /names end in \.prom/],
    ['-', /names end in \.prom/],
  ];
  for (const [metrics, told] of cases) {
    for (const command of [
      ['score', '--model', model],
      ['compare', 'no-such-a', 'no-such-b'],
      ['evaluate', '--scored'],
    ]) {
      const { code, stdout, stderr } = await run([...command, '--metrics', metrics]);
      assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
      assert.match(stderr, /^starling-rm: E_USAGE: [^\n]+\n$/);
      assert.match(stderr, told);
    }
  }
  assert.deepEqual(await readdir(folder), ['folder.prom']);
});

test('the metrics are no place where something else is read or written, and a refused run leaves all as it was', async () => {
  const folder = tempFolder();
  const [rows, link] = [join(folder, 'rows.prom'), join(folder, 'link.prom')];
  await writeFile(rows, row('a'));
  await symlink(rows, link);
  for (const args of [
    ['score', '--model', model, rows, '--metrics', rows],
    ['score', '--model', model, rows, '--metrics', link],
    [
      'score',
      '--model',
      model,
      '-o',
      join(folder, 'o'),
      '--run-file',
      join(folder, 'n.prom'),
      '--metrics',
      join(folder, 'n.prom'),
    ],
    ['compare', 'fixtures/sample.jsonl', rows, '--metrics', rows],
  ]) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /E_USAGE: .*same place/, `${args}`);
  }
  assert.equal(readFileSync(rows, 'utf8'), row('a'));
  assert.deepEqual((await readdir(folder)).sort(), ['link.prom', 'rows.prom']);
});

test('a link keeps leading to the metrics', async () => {
  const folder = tempFolder();
  const [file, link] = [join(folder, 'file.prom'), join(folder, 'link.prom')];
  await symlink(file, link);
  assert.equal((await run(['score', '--model', model, '--metrics', link], row('a'))).code, 0);
  assert.equal(valueIn(metricsIn(file), 'rows_total'), 1);
  assert.match(readFileSync(file, 'utf8'), /\{run="link"\}/);
});

test('a reader never finds a part of the metrics while they are replaced again and again', async () => {
  const file = join(tempFolder(), 'busy.prom');
  const console = JsonConsole.open({ write: () => {} });
  console.counts.begin();
  const codes = ['E_JSON', 'E_SHAPE', 'E_LABEL', 'E_ANSWER'] as const;
  let reads = 0;
  {
    await using _metrics = await MetricsFile.open(file, console, 1);
    for (const seen = new Set<number>(); seen.size < 50; reads++) {
      console.counts.rows += 7 ** (reads % 9);
      console.counts.addSkipped(codes[reads % codes.length]);
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const found = families(text);
      assert.equal(found.size, 10);
      assert.equal(valueIn(found, 'running'), 1);
      seen.add(Number(valueIn(found, 'rows_total')));
    }
  }
  assert.ok(reads >= 50);
  assert.equal(valueIn(metricsIn(file), 'running'), 0);
  assert.equal(valueIn(metricsIn(file), 'rows_total'), console.counts.rows);
});

test('a run with metrics ends by itself and by a signal, which leaves its last state', async () => {
  const metrics = join(tempFolder(), 'm.prom');
  const child = start('score', '--model', model, '--workers', '1', '--metrics', metrics);
  const end = finished(child);
  child.stdin.write(row('a'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGTERM');
  assert.equal((await end).code, 143);
  const found = metricsIn(metrics);
  assert.equal(valueIn(found, 'rows_total'), 1);
  assert.equal(valueIn(found, 'running'), 0);
});

test('metrics that can no longer be written are a warning, once', async () => {
  const folder = tempFolder();
  const file = join(folder, 'in', 'm.prom');
  await mkdir(join(folder, 'in'));
  const written: string[] = [];
  const console = JsonConsole.open({ write: (line) => written.push(line) });
  console.counts.begin();
  {
    await using _metrics = await MetricsFile.open(file, console, 1);
    while (!existsSync(file)) await wait(1);
    await rename(join(folder, 'in'), join(folder, 'out'));
    while (written.length === 0) await wait(1);
    await wait(20);
  }
  assert.equal(written.length, 1);
  const { level, code, message, file: told } = JSON.parse(written[0]);
  assert.deepEqual({ level, code, told }, { level: 'warning', code: 'E_WRITE', told: file });
  assert.match(message, /ENOENT.*; the run goes on/);
  await rm(join(folder, 'out'), { recursive: true });
});

test('names of files are quoted as the format asks, and nothing is written before rows are taken', async () => {
  const name = 'a "b"\\c\nd';
  assert.ok(families(metricsText(name, new RunCounts(), BEGIN)).has('starling_rm_rows_total'));
  assert.match(metricsText(name, new RunCounts(), BEGIN), /\{run="a \\"b\\"\\\\c\\nd"\} 0\n/);
  const file = join(tempFolder(), 'm.prom');
  const console = JsonConsole.open({ write: () => {} });
  await (await MetricsFile.open(file, console, 1))[Symbol.asyncDispose]();
  assert.ok(!existsSync(file), basename(file));
});
