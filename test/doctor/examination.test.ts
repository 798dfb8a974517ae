import assert from 'node:assert/strict';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Check, Verdict } from '../../src/contracts/check.js';
import { CHECKS, examination } from '../../src/doctor/examination.js';
import { sha256 } from '../../src/model/files.js';
import { MODEL } from '../root.js';
import { type Changes, scoringOf } from '../scoring-of.js';
import { tempFolder } from '../temp-folder.js';
import { tinyModel } from './tiny-model.js';

async function examined(model: string, changes: Changes = {}, available = 2e9): Promise<Map<string, Check>> {
  const scoring = scoringOf(model, changes);
  const options = { scoring, version: '1.2.3', available, interrupted: new AbortController().signal };
  const checks: Check[] = [];
  for await (const check of examination(options)) checks.push(check);
  assert.deepEqual(
    checks.map(({ check }) => check),
    CHECKS,
  );
  return new Map(checks.map((check) => [check.check, check]));
}

const verdicts = (checks: Map<string, Check>, verdict: Verdict) =>
  [...checks.values()].filter((check) => check.verdict === verdict).map(({ check }) => check);

/** The checks from this one on. */
const from = (check: string) => CHECKS.slice(CHECKS.indexOf(check));

test('the embedded model passes all checks, with its details', async () => {
  const checks = await examined(MODEL);
  assert.deepEqual(verdicts(checks, 'ok'), CHECKS);
  assert.equal(checks.get('versions')?.details?.starling_rm, '1.2.3');
  assert.equal(checks.get('BOS')?.found, 'a text begins with 1 BOS (id 1)');
  assert.match(checks.get('template')?.found ?? '', /^chatml: <\|im_start\|> is 1, <\|im_end\|> is 2$/);
  assert.match(checks.get('readout')?.found ?? '', /ends with <\|im_end\|> \(id 2\)$/);
  assert.deepEqual(checks.get('bit identity')?.details?.answers, 24);
  const { tokens_per_second, million_answers_seconds } = checks.get('speed')?.details ?? {};
  // 300 tokens for each answer. Rate and duration are rounded independently.
  const tokens = Number(tokens_per_second) * Number(million_answers_seconds);
  assert.ok(Math.abs(tokens / 3e8 - 1) < 1e-9, `${tokens}`);
});

test('altered and missing files, and a folder without a model, are found', async () => {
  const model = await tinyModel();
  await appendFile(join(model, 'tokenizer_config.json'), ' ');
  const altered = await examined(model);
  assert.equal(altered.get('files')?.found, 'tokenizer_config.json is altered');
  assert.deepEqual([verdicts(altered, 'fail'), verdicts(altered, 'skip')], [['files'], from('model')]);
  await rm(join(model, 'onnx/model.onnx_data'));
  const missing = await examined(model);
  assert.equal(missing.get('files')?.found, 'tokenizer_config.json is altered, onnx/model.onnx_data is missing');
  assert.match(missing.get('files')?.remedy ?? '', /convert the checkpoint again/);
  assert.match((await examined(tempFolder())).get('files')?.found ?? '', /no reward\.json/);
});

test('an error of a stage becomes a failed check with its message', async () => {
  const model = await tinyModel();
  const file = join(model, 'reward.json');
  await writeFile(
    file,
    (await readFile(file, 'utf8')).replace('"truncation_side": "left"', '"truncation_side": "right"'),
  );
  const refused = await examined(model);
  assert.deepEqual(verdicts(refused, 'fail'), ['model']);
  assert.match(refused.get('model')?.found ?? '', /E_MODEL: .*reward\.json, field truncation_side: expected "left"/);
});

test('a head of zeros fails', async () => {
  const checks = await examined(
    await tinyModel({ tensors: (tensors) => tensors.get('v_head.weight')?.values.fill(0) }),
  );
  assert.deepEqual([verdicts(checks, 'fail'), verdicts(checks, 'skip')], [['head'], from('sense')]);
  assert.equal(checks.get('head')?.found, 'rewards of different answers from 0.0000 to 0.0000');
});

test('an untrained head is a warning of the sense check only', async () => {
  const checks = await examined(await tinyModel());
  assert.deepEqual([verdicts(checks, 'fail'), verdicts(checks, 'warn')], [[], ['sense']]);
});

test('a template whose special tokens this tokenizer splits fails', async () => {
  const checks = await examined(await tinyModel(), { template: 'chatml' });
  assert.deepEqual([verdicts(checks, 'fail'), verdicts(checks, 'skip')], [['template'], from('BOS')]);
  const { found, remedy } = checks.get('template') ?? {};
  assert.equal(found, 'chatml: <|im_start|> splits into 12 tokens, <|im_end|> splits into 10 tokens');
  assert.match(remedy ?? '', /--template/);
});

test('two BOS, or none where add_bos_token is true, are a warning', async () => {
  const two = (await examined(await tinyModel(), { template: 'llama-2-card' })).get('BOS');
  assert.deepEqual([two?.verdict, two?.found], ['warn', 'a text begins with 2 BOS (id 1)']);
  assert.match(two?.remedy ?? '', /Starling-RM-7B-alpha.*--no-add-bos/);
  const settings = { bos_token: '<s>', add_bos_token: true };
  const none = (await examined(await tinyModel({ settings, reward: { add_bos: false } }))).get('BOS');
  assert.deepEqual([none?.verdict, none?.found], ['warn', 'a text begins with no BOS (id 1)']);
  assert.match(none?.remedy ?? '', /--add-bos/);
});

test('the readout card reads a token after the text', async () => {
  const checks = await examined(await tinyModel({ reward: { readout: 'card', add_bos: true } }));
  assert.match(
    checks.get('readout')?.found ?? '',
    /^card; .* ends with <\/s> \(id 2\), read at <unk> \(id 0\) at position 127$/,
  );
  assert.deepEqual(verdicts(checks, 'fail'), []);
});

test('too little memory is found before the model is loaded', async () => {
  const model = await tinyModel();
  const checks = await examined(model, { workers: 2 }, 100e6);
  assert.deepEqual([verdicts(checks, 'fail'), verdicts(checks, 'skip')], [['memory'], from('head')]);
  assert.match(checks.get('memory')?.found ?? '', /^about 0\.20 GB needed with 2 workers, 0\.10 GB available$/);
  assert.match(checks.get('memory')?.remedy ?? '', /--workers/);
  assert.equal((await examined(model, {}, 210e6)).get('memory')?.verdict, 'warn');
});

/** A folder with files of different checkpoints, which `convert` would have refused. */
async function withConfig(folder: string, changes: object): Promise<string> {
  const change = async (name: string, changed: (content: Record<string, object>) => object) => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(changed(JSON.parse(await readFile(file, 'utf8')))));
  };
  await change('config.json', (config) => ({ ...config, ...changes }));
  const digest = await sha256(join(folder, 'config.json'));
  await change('reward.json', (reward) => ({ ...reward, files: { ...reward.files, 'config.json': digest } }));
  return folder;
}

test('ids outside of the embedding fail, and ids that differ between files are a warning', async () => {
  const outside = await examined(await withConfig(await tinyModel(), { vocab_size: 12 }));
  assert.deepEqual(verdicts(outside, 'fail'), ['token ids']);
  assert.equal(outside.get('token ids')?.found, 'id 14 of the tokenizer has no row in an embedding of 12');
  const different = (await examined(await tinyModel({ config: { bos_token_id: 5 } }))).get('token ids');
  assert.deepEqual([different?.verdict, different?.found], ['warn', 'BOS is 5 in config.json, 1 in the tokenizer']);
});

test('more threads than cores are a warning', async () => {
  const checks = await examined(await tinyModel(), { threads: availableParallelism() + 1 });
  assert.equal(checks.get('threads')?.verdict, 'warn');
  assert.equal(checks.get('bit identity')?.verdict, 'ok');
});

test('an interrupted examination ends after the current check', async () => {
  const stop = new AbortController();
  const options = { scoring: scoringOf(MODEL), version: '1', available: 2e9 };
  const seen: string[] = [];
  await assert.rejects(async () => {
    for await (const { check } of examination({ interrupted: stop.signal, ...options })) {
      seen.push(check);
      if (check === 'template') stop.abort('SIGINT');
    }
  }, /E_INTERRUPTED: stopped after template/);
  assert.equal(seen.at(-1), 'template');
});

test('a device that this project has never run is a warning', async () => {
  const model = (await examined(MODEL, { device: 'cuda' })).get('model');
  assert.equal(model?.verdict, 'warn');
  assert.match(model?.remedy ?? '', /has only run cpu, never cuda/);
});
