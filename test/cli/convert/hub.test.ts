import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { COMMIT, type Fault, HubServer, sha256 } from '../../hub/hub-server.js';
import { tinyRepository } from '../../hub/tiny-repository.js';
import { tempFolder } from '../../temp-folder.js';
import { bash, finished, lines, onTerminal, row, run, shell, start } from '../run.js';
import { until } from '../until.js';

const NAME = 'some-one/tiny';
const { folder: checkpoint, files } = await tinyRepository();
const weights = files.get('model.safetensors') ?? new Uint8Array();
const faults: Fault[] = [];
const server = await HubServer.open({
  name: NAME,
  files,
  fault: ({ url }) => (url.startsWith('/store/') ? faults.shift() : undefined),
});
after(() => server.close());

/** Points the commands that tests start to the server and to a new cache. */
function newCache(): string {
  process.env.HF_ENDPOINT = server.endpoint;
  process.env.HF_HOME = tempFolder();
  process.env.HF_HUB_DOWNLOAD_TIMEOUT = '600';
  for (const name of ['HF_HUB_CACHE', 'HF_HUB_OFFLINE', 'HF_TOKEN']) delete process.env[name];
  return join(process.env.HF_HOME, 'hub/models--some-one--tiny');
}

async function bytesOf(folder: string): Promise<Map<string, Buffer>> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => statSync(join(folder, name)).isFile());
  return new Map(
    await Promise.all(names.sort().map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

test('a repository converts to the same model as its files in a folder, and scores', async () => {
  const cache = newCache();
  faults.push({ cutAfter: 20_000 });
  const model = join(tempFolder(), 'model');
  const { code, stdout, stderr } = await run(['convert', NAME, model, '--dtype', 'fp32']);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: '' }, stderr);
  const told = [
    'loading model.safetensors (1 MB)',
    'checking model.safetensors',
    'template llama-2-ppo, readout last-token, BOS not added, at most 128 tokens',
    'writing onnx/model.onnx (fp32)',
  ];
  assert.deepEqual(
    lines(stderr),
    told.map((line) => `starling-rm: ${line}`),
  );
  assert.equal(server.requestsFor('model.safetensors').length, 2);

  const same = join(tempFolder(), 'model');
  assert.equal((await run(['convert', checkpoint, same, '--dtype', 'fp32', '-q'])).code, 0);
  const [ours, theirs] = [await bytesOf(model), await bytesOf(same)];
  const reward = ours.get('reward.json')?.toString() ?? '';
  assert.match(reward, new RegExp(`"checkpoint": "${NAME}@${COMMIT}"`));
  ours.set('reward.json', Buffer.from(reward.replace(`${NAME}@${COMMIT}`, 'tiny')));
  assert.deepEqual(ours, theirs);
  const scored = await run(['score', '--model', model], row('a', ['ab', 'b']));
  assert.equal(JSON.parse(scored.stdout).scores.length, 2, scored.stderr);

  // With the files in the cache no network is needed, and the model folder gains a dtype.
  process.env.HF_ENDPOINT = 'http://127.0.0.1:1';
  assert.match((await run(['convert', NAME, model])).stderr, /E_NETWORK: http:\/\/127\.0\.0\.1:1 cannot be reached/);
  process.env.HF_HUB_OFFLINE = '1';
  const offline = await run(['convert', `${NAME}@${COMMIT}`, model, '-q']);
  delete process.env.HF_HUB_OFFLINE;
  assert.deepEqual({ code: offline.code, stderr: offline.stderr }, { code: 0, stderr: '' });
  assert.ok(existsSync(join(model, 'onnx/model_int8.onnx')));
  assert.ok(existsSync(join(cache, 'refs/main')));
});

test('a local folder of that name takes precedence over the hub', async () => {
  newCache();
  const here = tempFolder();
  await mkdir(join(here, NAME), { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(here, NAME, name), bytes);
  const before = server.log.length;
  const { code, stderr } = await shell(bash`cd ${here} && starling-rm convert ${NAME} model --dtype fp32`);
  assert.equal(code, 0, stderr);
  assert.equal(server.log.length, before);
});

test('a repository that the hub does not give ends with exit code 2, and leaves no file', async () => {
  const cache = newCache();
  const model = join(tempFolder(), 'model');
  const cases: [string, RegExp][] = [
    ['no-one/nothing', /E_ACCESS: no-one\/nothing: there is no such public repository, and no local folder/],
    [`${NAME}@v9`, /E_NO_INPUT: some-one\/tiny: there is no such revision/],
    ['./some-one/tiny', /E_NO_INPUT: \.\/some-one\/tiny: there is no such folder/],
  ];
  for (const [name, message] of cases) {
    const { code, stdout, stderr } = await run(['convert', name, model]);
    assert.deepEqual({ code, stdout }, { code: 2, stdout: '' }, stderr);
    assert.match(stderr, message);
  }
  assert.ok(!existsSync(model) && !existsSync(cache));
});

test('files that a checkpoint of weights alone lacks come from --base and from nowhere else', async () => {
  newCache();
  const weightsOnly = join(tempFolder(), 'only-weights');
  await mkdir(weightsOnly);
  await writeFile(join(weightsOnly, 'model.safetensors'), weights);
  const model = join(tempFolder(), 'model');
  assert.match((await run(['convert', weightsOnly, model])).stderr, /E_CHECKPOINT: .*config\.json/);
  assert.match((await run(['convert', weightsOnly, model, '--base', './no'])).stderr, /E_NO_INPUT: \.\/no: .*--base/);

  const converted = await run(['convert', weightsOnly, model, '--base', NAME, '--template', 'llama-2-ppo']);
  assert.equal(converted.code, 0, converted.stderr);
  assert.match(
    converted.stderr,
    /only-weights lacks its settings or its tokenizer; they are taken from some-one\/tiny/,
  );
  assert.equal(JSON.parse(await readFile(join(model, 'reward.json'), 'utf8')).source.checkpoint, 'only-weights');
  assert.deepEqual(await readFile(join(model, 'tokenizer.json')), Buffer.from(files.get('tokenizer.json') ?? []));
  assert.deepEqual(await readdir(weightsOnly), ['model.safetensors']);
  assert.ok(!existsSync(join(process.env.HF_HOME ?? '', `hub/models--some-one--tiny/blobs/${sha256(weights)}`)));

  await writeFile(join(weightsOnly, 'tokenizer.model'), "SentencePiece's");
  const pieces = ['convert', weightsOnly, join(tempFolder(), 'model'), '--base', NAME, '--template', 'llama-2-ppo'];
  assert.equal((await run(pieces)).code, 0, 'a tokenizer.model alone is no tokenizer that can be read');

  const whole = await run(['convert', checkpoint, join(tempFolder(), 'model'), '--base', './no', '--dtype', 'fp32']);
  assert.equal(whole.code, 0, 'a base that is not needed is not looked at');
});

test('SIGINT keeps the bytes that were downloaded, and the next run resumes after them', async () => {
  const cache = newCache();
  faults.push({ silentAfter: 50_000 });
  const model = join(tempFolder(), 'model');
  const partial = join(cache, 'blobs', `${sha256(weights)}.incomplete`);
  const child = start('convert', NAME, model);
  await until(() => existsSync(partial) && statSync(partial).size > 0, child);
  child.kill('SIGINT');
  const { code, stderr } = await finished(child);
  assert.equal(code, 130);
  assert.match(stderr, /E_INTERRUPTED: stopped while files were loaded from the hub/);
  const begun = statSync(partial).size;
  assert.ok(begun > 0 && begun < weights.length && !existsSync(model));

  assert.equal((await run(['convert', NAME, model])).code, 0);
  assert.equal(server.requestsFor('model.safetensors').at(-1)?.range, `bytes=${begun}-${weights.length - 1}`);
  assert.ok(!existsSync(partial) && existsSync(join(model, 'reward.json')));
});

test('progress of a download appears on a terminal, unless it is switched off', async () => {
  newCache();
  const terminal = async (flags: string) => {
    faults.push({ pause: 40 });
    newCache();
    return (await shell(onTerminal(bash`convert ${NAME} ${join(tempFolder(), 'model')} ` + flags))).stdout;
  };
  assert.match(await terminal(''), / 0\.\d of 0\.4 MB, \d+\.\d MB\/s, \d+ s left/);
  assert.doesNotMatch(await terminal('--no-progress'), /MB\/s/);
  assert.equal(await terminal('-q'), '');
});
