import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { TextConsole } from '../../../src/cli/common/console/text-console.js';
import { score } from '../../../src/cli/score/score.js';
import type { RankSettings } from '../../../src/cli/score/settings.js';
import { checksOf, examination } from '../../../src/doctor/examination.js';
import { LIMITS } from '../../../src/read/inputs/inputs.js';
import { scoredByText } from '../../../src/report/scored-by.js';
import { readRunRecord } from '../../../src/runs/run-record.js';
import { type Fault, FaultyServer, refuse } from '../../engines/remote/faulty-server.js';
import { servedModel, settingsFor } from '../../engines/remote/served-model.js';
import { tempFolder } from '../../temp-folder.js';

const model = await servedModel();
after(() => model[Symbol.asyncDispose]());

const ROWS = 12;
/** The row of three answers. */
const SPECIAL = 7;

async function writeRows(folder: string): Promise<string> {
  const file = join(folder, 'rows.jsonl');
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const answers = ['the thing', `${i} it is`, ...(i === SPECIAL ? ['no'] : [])].map((answer) => ({ answer }));
    return JSON.stringify({ prompt: `Say ${i}`, answers });
  });
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** Scores as `score --resume -o ranked.jsonl` does, at this server. */
async function scoreAt(server: FaultyServer, folder: string): Promise<string> {
  const console = new TextConsole().of({ quiet: true, progress: false });
  const target = join(folder, 'ranked.jsonl');
  const record = { resumes: true, mixesMachines: false };
  const settings: RankSettings = {
    task: 'rank',
    paths: [await writeRows(folder)],
    input: {
      hub: {},
      read: LIMITS,
      choice: { seed: 1 },
      onError: 'stop',
      rows: { maxAnswers: LIMITS.maxAnswers, fields: {} },
    },
    console,
    output: { target, force: false, format: 'jsonl', record },
    keep: false,
    ...(await settingsFor(model.folder, server.address)),
  };
  await score(settings, new AbortController().signal);
  return readFile(target, 'utf8');
}

const broken: Fault = ({ lists, response }) =>
  lists.length === 3 ? refuse(response, 400, {}, 'not this one') : undefined;

test('a run that a server ended is resumed at another address, to the same file; the record says what scored it', async () => {
  const whole = tempFolder();
  const stopped = tempFolder();
  await using server = await FaultyServer.open(model.rewards);
  const { address } = server;
  const expected = await scoreAt(server, whole);
  server.fault = broken;
  await assert.rejects(
    scoreAt(server, stopped),
    /line 8 \(row 7\), byte \d+: .* refused the row: it answered 400: not this one/,
  );
  await server.close();
  await using other = await FaultyServer.open(model.rewards);
  assert.equal(await scoreAt(other, stopped), expected);
  assert.equal(other.asked(3).length, 1);
  assert.ok(other.asked(2).length <= ROWS - SPECIAL, 'rows that were written are not scored again');
  const { identity, attempts } = (await readRunRecord(join(stopped, 'ranked.jsonl.run.json'))) ?? {};
  assert.equal(attempts?.length, 2);
  const { engine, runtime, dtype, device, processor, servers, served_model, golden, caveat } = identity ?? {};
  assert.deepEqual([engine, runtime, dtype, device, processor], ['vllm', 'vllm 0.32.0', 'bfloat16', 'server', []]);
  assert.deepEqual([servers, served_model], [[address], 'served-model']);
  assert.ok(typeof golden === 'number' && golden < 1e-4, `${golden}`);
  assert.match(caveat ?? '', /can differ in their last digits from run to run/);
  assert.ok(identity !== undefined);
  assert.match(scoredByText(identity), /^yi bfloat16, template chatml, \w{12}, vllm 0\.32\.0 \(not bit for bit\)$/);
});

test('doctor compares a server with the golden rows, and leaves out what only sessions have', async () => {
  await using server = await FaultyServer.open(model.rewards);
  const scoring = await settingsFor(model.folder, server.address);
  const checks = [];
  for await (const check of examination({
    scoring,
    version: '1',
    available: 1e9,
    interrupted: new AbortController().signal,
  }))
    checks.push(check);
  assert.deepEqual(
    checks.map(({ check }) => check),
    checksOf(scoring.run),
  );
  const byName = new Map(checks.map((check) => [check.check, check]));
  assert.ok(!byName.has('bit identity') && !byName.has('memory'));
  assert.match(
    byName.get('golden rows')?.found ?? '',
    /^vllm 0\.32\.0 at http:\/\/127\.0\.0\.1:\d+; golden rows within \S+ % of their range$/,
  );
  assert.deepEqual(
    checks.filter(({ verdict }) => verdict === 'fail'),
    [],
  );
});
