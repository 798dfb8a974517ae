import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { parseDatasetAddress } from '../../../src/hub/datasets/address.js';
import { type LoadedDataset, loadDataset } from '../../../src/hub/datasets/load-dataset.js';
import type { HubEnvironment } from '../../../src/hub/environment.js';
import { tempFolder } from '../../temp-folder.js';
import { COMMIT, type Fault, type HubOptions, HubServer, sha256 } from '../hub-server.js';
import { refused } from '../loading.js';

const NAME = 'some-one/rows';
const LARGE = Buffer.alloc(200_000, 'abcdefghij\n');
const FILES: ReadonlyMap<string, Uint8Array> = new Map([
  ['README.md', Buffer.from('# rows')],
  ['data/train-00000-of-00002.jsonl', LARGE],
  ['data/train-00001-of-00002.jsonl', Buffer.from('{"b": 1}\n')],
  ['data/test-00000-of-00001.jsonl', Buffer.from('{"c": 1}\n')],
  ['images/x y.png', Buffer.alloc(50_000)],
  ['more/a b#%.jsonl', Buffer.from('{"d": 1}\n')],
]);
const PART = { split: 'train' };
let server: HubServer | undefined;
let cache: string;
let steps: string[];

beforeEach(() => {
  cache = tempFolder();
  steps = [];
  process.env.HF_HUB_CACHE = cache;
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  delete process.env.HF_HUB_CACHE;
});

async function hub(options: Partial<HubOptions> = {}): Promise<HubServer> {
  server = await HubServer.open({ name: NAME, kind: 'dataset', files: FILES, page: 2, ...options });
  return server;
}

async function load(
  address = `hf://datasets/${NAME}`,
  part: { split?: string } = PART,
  environment: Partial<HubEnvironment> = {},
): Promise<LoadedDataset & { paths: string[] }> {
  const endpoint = server?.endpoint ?? 'http://127.0.0.1:1';
  const parsed = parseDatasetAddress(address, endpoint);
  assert.ok(parsed);
  const all = { endpoint, token: undefined, offline: false, files: cache, idle: 600_000, ...environment };
  const options = { onStep: (step: string) => steps.push(step), onTotal: () => {}, onBytes: () => {}, waits: [0, 0] };
  const loaded = await loadDataset(parsed, part, all, options);
  for (const { path, sha256: digest } of loaded.files) assert.equal(digest, sha256(readFileSync(path)));
  return { ...loaded, paths: loaded.files.map(({ path }) => path) };
}

const folder = () => join(cache, 'datasets--some-one--rows');

test('only the files that are needed are loaded, once, into the layout of the hub', async () => {
  const at = await hub();
  const { paths, bytes, where, part } = await load();
  const names = ['train-00000-of-00002.jsonl', 'train-00001-of-00002.jsonl'];
  assert.deepEqual(
    paths,
    names.map((name) => join(folder(), 'snapshots', COMMIT, 'data', name)),
  );
  assert.deepEqual([bytes, where, part], [LARGE.length + 9, `${NAME}@${COMMIT}`, 'split train']);
  assert.deepEqual(readFileSync(paths[0]), LARGE);
  assert.equal(readFileSync(join(folder(), 'refs/main'), 'utf8'), COMMIT);
  for (const other of ['README.md', 'data/test-00000-of-00001.jsonl', 'images/x y.png'])
    assert.deepEqual(at.requestsFor(other), [], other);

  assert.deepEqual((await load()).paths, paths);
  assert.equal(at.requestsFor('data/train-00000-of-00002.jsonl').length, 1);
  const named = await load(`hf://datasets/${NAME}@${COMMIT}/data/te*`, {});
  const odd = await load(`hf://datasets/${NAME}/more/a b#%.jsonl`, {});
  assert.equal(readFileSync(odd.paths[0], 'utf8'), '{"d": 1}\n');
  assert.deepEqual([named.paths.map((path) => basename(path)), named.part], [['test-00000-of-00001.jsonl'], undefined]);
});

test('without the network the same files come from the cache, and a missing or damaged one is an error', async () => {
  await hub();
  const { paths } = await load();
  const offline = { offline: true, endpoint: 'http://127.0.0.1:1' };
  assert.deepEqual((await load(undefined, PART, offline)).paths, paths);
  await refused(load(undefined, {}, offline), 'E_USAGE', /several splits/);
  await refused(
    load(undefined, { split: 'test' }, offline),
    'E_NO_INPUT',
    /data\/test-.* is missing; unset HF_HUB_OFFLINE/,
  );
  await refused(load(`hf://datasets/${NAME}@v2`, PART, offline), 'E_NO_INPUT', /this revision was never loaded/);
  appendFileSync(paths[1], 'x');
  await refused(load(undefined, PART, offline), 'E_DIGEST', /this file of the cache is damaged/);
  rmSync(join(folder(), '.starling-rm'), { recursive: true });
  rmSync(paths[1]);
  assert.deepEqual((await load(undefined, PART, offline)).paths, [paths[0]]);
});

test('a file of the cache that leads elsewhere is refused', async () => {
  const secret = join(tempFolder(), 'secret.jsonl');
  writeFileSync(secret, 'secret');
  const snapshot = join(folder(), 'snapshots', COMMIT);
  mkdirSync(snapshot, { recursive: true });
  symlinkSync(secret, join(snapshot, 'rows.jsonl'));
  await refused(load(`hf://datasets/${NAME}@${COMMIT}`, {}, { offline: true }), 'E_DIGEST', /leads out of the cache/);
});

test('a cut download is continued in the run and by the next, and wrong bytes are never used', async () => {
  const faults: (Fault | undefined)[] = [{ cutAfter: 100_000 }];
  const at = await hub({ fault: ({ url }) => (url.startsWith('/store/') ? faults.shift() : undefined) });
  await load();
  const asked = at.requestsFor('data/train-00000-of-00002.jsonl');
  assert.deepEqual(
    asked.map(({ range }) => range),
    [undefined, 'bytes=100000-199999'],
  );

  cache = process.env.HF_HUB_CACHE = tempFolder();
  faults.push({ cutAfter: 100_000 }, { cutAfter: 0 }, { cutAfter: 0 });
  await refused(load(), 'E_NETWORK', /the download stopped at .*; run again to resume it/);
  await load();
  assert.ok(
    steps.some((step) => step.startsWith('resuming data/train-00000-of-00002.jsonl at 1 MB')),
    steps.join(),
  );

  cache = process.env.HF_HUB_CACHE = tempFolder();
  faults.push({ altered: true });
  await refused(load(), 'E_DIGEST', /another size or SHA-256 than the hub lists/);
  assert.equal(existsSync(join(folder(), 'snapshots', COMMIT, 'data/train-00000-of-00002.jsonl')), false);
});

test('the token goes to the hub alone, and refusals say where to ask', async () => {
  const at = await hub();
  await load(undefined, PART, { token: 'hf_x' });
  for (const { url, authorization } of at.log)
    assert.equal(authorization, url.startsWith('/store/') ? undefined : 'Bearer hf_x', url);
  await at.close();

  const answers: Fault[] = [];
  const strict = await hub({ fault: () => answers.shift() });
  const told = async (fault: Fault, ...expected: [Parameters<typeof refused>[1], RegExp]) => {
    answers.push(fault);
    await refused(load(), ...expected);
  };
  await told(
    { status: 401, code: 'RepoNotFound' },
    'E_ACCESS',
    /no such public repository; for a private one set HF_TOKEN/,
  );
  const page = `${strict.endpoint}/datasets/${NAME}`;
  await told({ status: 403, code: 'GatedRepo' }, 'E_ACCESS', new RegExp(`ask for access at ${page} and set HF_TOKEN`));
  await told(
    { status: 404, code: 'RepoNotFound' },
    'E_NO_INPUT',
    /hf:\/\/datasets\/some-one\/rows: there is no such repository on the hub; check/,
  );
  await told({ status: 404, code: 'RevisionNotFound' }, 'E_NO_INPUT', /there is no such revision/);
  await told({ page: '<html>' }, 'E_NETWORK', /does not answer as a hub does: no JSON/);
  await told({ status: 429, after: '4000' }, 'E_NETWORK', /429 .*the server asks to wait for 67 minutes/);
  answers.push({ status: 429, after: '1' }, { status: 503 });
  assert.equal((await load()).paths.length, 2);
});

test('a listing that lies is refused or passed over', async () => {
  const hostile = new Map([...FILES, ['../../evil.jsonl', Buffer.from('x')], ['a/../b.jsonl', Buffer.from('x')]]);
  await hub({ files: hostile });
  assert.equal((await load()).paths.length, 2);
  await refused(
    load(`hf://datasets/${NAME}/../../evil.jsonl`),
    'E_NO_INPUT',
    /it has no file, folder or files of rows/,
  );
  assert.equal(existsSync(join(cache, '../../evil.jsonl')), false);
});
