import assert from 'node:assert/strict';
import { lstat, mkdir, readdir, readFile, readlink, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import type { ErrorCode } from '../../src/contracts/exit-codes.js';
import { writingCache } from '../../src/hub/cache.js';
import { type Asked, COMMIT, type Fault, gitSha1, type HubServer, sha256 } from './hub-server.js';
import {
  blob,
  CONFIG,
  FILES,
  faultsOfStore,
  folder,
  hub,
  LARGE,
  type Loading,
  load,
  NAME,
  refused,
  WEIGHTS,
} from './loading.js';

const NEEDED = ['config.json', WEIGHTS, 'tokenizer.json', 'tokenizer_config.json'];

const ranges = (asked: readonly Asked[]) => asked.map(({ range }) => range);

async function assertWhole(loaded: { folder: string }): Promise<void> {
  assert.deepEqual((await readdir(loaded.folder)).sort(), NEEDED);
  for (const name of NEEDED)
    assert.deepEqual(await readFile(join(loaded.folder, name)), Buffer.from(FILES.get(name) ?? []));
  const partials = (await readdir(join(folder(), 'blobs'))).filter((name) => name.endsWith('.incomplete'));
  assert.deepEqual(partials, []);
}

test('the cache gets only the files that a conversion needs, in the layout of Python', async () => {
  const server = await hub({ page: 2 });
  const loaded = await load(server);
  await assertWhole(loaded);
  assert.deepEqual(loaded, { folder: join(folder(), 'snapshots', COMMIT), repository: { name: NAME, commit: COMMIT } });
  assert.equal(await readFile(join(folder(), 'refs/main'), 'utf8'), COMMIT);
  assert.equal(await readlink(join(loaded.folder, WEIGHTS)), `../../blobs/${sha256(LARGE)}`);
  assert.equal(await readlink(join(loaded.folder, 'config.json')), `../../blobs/${gitSha1(CONFIG)}`);
});

test('files in the cache are not requested again, at any revision', async () => {
  const server = await hub();
  await load(server);
  const before = server.requestsFor(WEIGHTS).length;
  await assertWhole(await load(server));
  await rm(join(folder(), 'snapshots'), { recursive: true });
  await assertWhole(await load(server, { revision: COMMIT }));
  assert.equal(server.requestsFor(WEIGHTS).length, before);
  assert.deepEqual(await readdir(join(folder(), 'refs')), ['main']);
});

test('a cut connection is resumed where it was cut', async () => {
  const server = await hub(faultsOfStore({ cutAfter: 3000 }, undefined, { cutAfter: 100_000 }, { cutAfter: 50_000 }));
  await assertWhole(await load(server));
  const asked = ranges(server.requestsFor(WEIGHTS));
  assert.equal(asked.length, 3);
  const [first, ...later] = asked.map((range) =>
    range === undefined ? 0 : Number(/^bytes=(\d+)-299999$/.exec(range)?.[1]),
  );
  assert.equal(first, 0);
  assert.ok(later[0] > 0 && later[0] <= 100_000 && later[1] > later[0] && later[1] <= 150_000, later.join());
  assert.match(String(ranges(server.requestsFor('tokenizer.json'))), /^,bytes=\d+-19999$/);
});

test('a download is retried as long as connections bring new bytes, and then fails', async () => {
  const again = await hub({ fault: ({ url }) => (url.startsWith('/store/') ? { cutAfter: 40_000 } : undefined) });
  await assertWhole(await load(again));
  await rm(folder(), { recursive: true });
  const never = await hub({ fault: ({ url }) => (url.endsWith(sha256(LARGE)) ? { cutAfter: 0 } : undefined) });
  await refused(
    load(never),
    'E_NETWORK',
    /the download stopped at model\.safetensors at 0 MB of 1 MB: .*; run again to resume it/,
  );
  assert.equal(never.requestsFor(WEIGHTS).length, 3);
});

test('a later run resumes the partial file of an earlier one, and verifies all of it', async () => {
  const cutting = await hub(faultsOfStore(undefined, { cutAfter: 120_000 }, { status: 503 }, { status: 429 }));
  await refused(load(cutting), 'E_NETWORK', /429.*; run again to resume it/);
  const begun = (await lstat(`${blob(LARGE)}.incomplete`)).size;
  assert.ok(begun > 0 && begun <= 120_000);
  await assert.rejects(readFile(join(folder(), 'refs/main')), { code: 'ENOENT' });

  const server = await hub();
  const steps: string[] = [];
  await assertWhole(await load(server, { steps }));
  assert.deepEqual(ranges(server.requestsFor(WEIGHTS)), [`bytes=${begun}-299999`]);
  assert.match(steps.join('\n'), /^resuming model\.safetensors at 1 MB of 1 MB\nchecking model\.safetensors$/);
});

test('a partial file that is damaged or too long is loaded again', async () => {
  const server = await hub();
  for (const left of [Buffer.alloc(120_000), Buffer.alloc(300_000), Buffer.alloc(300_001)]) {
    await mkdir(join(folder(), 'blobs'), { recursive: true });
    await writeFile(`${blob(LARGE)}.incomplete`, left);
    await assertWhole(await load(server));
    await rm(folder(), { recursive: true });
  }
});

test('a damaged blob of the cache is loaded again', async () => {
  const server = await hub();
  await load(server);
  await writeFile(blob(LARGE), Buffer.alloc(LARGE.length));
  await assertWhole(await load(server));
  await truncate(blob(LARGE), 5);
  await assertWhole(await load(server));
});

test('bytes with another digest or size than the hub lists are refused and deleted', async () => {
  for (const path of [WEIGHTS, 'config.json']) {
    const altering = await hub({
      fault: ({ url }) =>
        url.endsWith(sha256(LARGE)) === (path === WEIGHTS) && /store|config/.test(url) ? { altered: true } : undefined,
    });
    await refused(load(altering), 'E_DIGEST', /(SHA-256|git SHA-1) than the hub lists, and was deleted; run again/);
    await rm(folder(), { recursive: true });
  }
  const sized = (size: number) => hub({ listedSize: new Map([[WEIGHTS, size]]) });
  // The byte beyond the end is never sent.
  const waiting = load(await sized(LARGE.length + 1), { environment: { idle: 1000 } });
  await refused(waiting, 'E_NETWORK', /model\.safetensors/);
  await refused(load(await sized(LARGE.length - 1)), 'E_DIGEST', /model\.safetensors/);
  const left = await readdir(join(folder(), 'blobs'));
  assert.ok(!left.includes(sha256(LARGE)), left.join());
});

test('a file is loaded again from its beginning if the hub ignores ranges', async () => {
  const server = await hub(faultsOfStore(undefined, { cutAfter: 100_000 }, { wholeFile: true }));
  await assertWhole(await load(server));
});

test('a silent connection counts as cut, a slow one does not', async () => {
  const silent = await hub(faultsOfStore(undefined, { silentAfter: 50_000 }));
  await assertWhole(await load(silent, { environment: { idle: 3000 } }));
  assert.ok(silent.requestsFor(WEIGHTS).length > 1);
  await rm(folder(), { recursive: true });
  // The whole file takes longer than the idle timeout, but each of its 19 pieces does not.
  const slow = await hub(faultsOfStore(undefined, { pause: 400 }));
  await assertWhole(await load(slow, { environment: { idle: 7000 } }));
  assert.equal(slow.requestsFor(WEIGHTS).length, 1);
});

test('the token is sent only to the hub', async () => {
  const server = await hub(faultsOfStore(undefined, { cutAfter: 50_000 }));
  await load(server, { environment: { token: 'hf_secret' } });
  const [store, own] = [true, false].map((at) => server.log.filter(({ url }) => url.startsWith('/store/') === at));
  assert.ok(store.length === 3 && own.length > 5);
  assert.ok(store.every(({ authorization }) => authorization === undefined));
  assert.ok(own.every(({ authorization }) => authorization === 'Bearer hf_secret'));
});

test('errors of the hub have a remedy', async () => {
  const at = (pattern: RegExp, fault: Fault) => hub({ fault: ({ url }) => (pattern.test(url) ? fault : undefined) });
  const token = { environment: { token: 'hf_secret' } };
  const cases: [HubServer, Loading, ErrorCode, RegExp][] = [
    [
      await at(/api/, { status: 401, code: 'RepoNotFound' }),
      {},
      'E_ACCESS',
      /no such public repository, and no local folder.*set HF_TOKEN/,
    ],
    [await at(/api/, { status: 401 }), token, 'E_ACCESS', /does not accept the token in HF_TOKEN/],
    [
      await at(/api/, { status: 404, code: 'RepoNotFound' }),
      token,
      'E_NO_INPUT',
      /some-one\/reward\.model: there is no such repository/,
    ],
    [
      await at(/resolve/, { status: 401, code: 'GatedRepo' }),
      {},
      'E_ACCESS',
      /restricted; ask for access at http\S+\/some-one\/reward\.model and set HF_TOKEN/,
    ],
    [
      await at(/resolve/, { status: 403, code: 'GatedRepo' }),
      token,
      'E_ACCESS',
      /with the account whose token HF_TOKEN holds/,
    ],
    [
      await at(/resolve/, { status: 404, code: 'EntryNotFound' }),
      {},
      'E_NO_INPUT',
      /lists a file that it does not serve/,
    ],
    [await hub(), { revision: 'v9' }, 'E_NO_INPUT', /no such revision/],
    [await at(/api/, { status: 503 }), {}, 'E_NETWORK', /503 Service Unavailable; try again later/],
    [await at(/api/, { status: 418 }), {}, 'E_NETWORK', /418 I'm a Teapot; check HF_ENDPOINT/],
  ];
  for (const [server, loading, code, message] of cases) await refused(load(server, loading), code, message);
});

test('without a network, or with a server that is not a hub, the error names the address', async () => {
  await refused(
    load(undefined),
    'E_NETWORK',
    /http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\); check the network.*HF_HUB_OFFLINE=1/,
  );
  const page = await hub({ fault: ({ url }) => (url.includes('/api/') ? { page: '<html>' } : undefined) });
  await refused(load(page), 'E_NETWORK', /does not answer as a hub does: no JSON; check HF_ENDPOINT/);
  const other = await hub({
    fault: ({ url }) => (url.includes('/revision/') ? { page: '{"sha": "../../x"}' } : undefined),
  });
  await refused(load(other), 'E_NETWORK', /no commit but "\.\.\/\.\.\/x"/);
});

test('a full disk ends a download before it starts, or while it runs', async () => {
  const huge = await hub({ listedSize: new Map([[WEIGHTS, 9e15]]) });
  await refused(
    load(huge),
    'E_WRITE',
    /disk of the cache is full: 9,000,000,000 MB are to be loaded, and [\d,]+ MB are free.*HF_HOME/,
  );
  assert.equal(huge.requestsFor(WEIGHTS).length, 0);
  await refused(
    writingCache(blob(LARGE), () => writeFile('/dev/full', LARGE)),
    'E_WRITE',
    /disk of the cache is full: no space is left.*HF_HOME/,
  );
});

test('a read-only cache is an error with a remedy', async () => {
  await writeFile(folder(), 'a file');
  await refused(load(await hub()), 'E_WRITE', /cache of the hub cannot be written.*HF_HOME/);
});

test('only the weights that an index names are loaded', async () => {
  const index = JSON.stringify({
    weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors', c: 'model-1.safetensors' },
  });
  const sharded = new Map<string, Uint8Array>([
    ['config.json', CONFIG],
    ['consolidated.safetensors', LARGE],
    ['model-1.safetensors', Buffer.alloc(11_000, '1')],
    ['model-2.safetensors', Buffer.alloc(11_000, '2')],
    ['model-3.safetensors', Buffer.alloc(11_000, '3')],
    ['model.safetensors.index.json', Buffer.from(index)],
  ]);
  const loaded = await load(await hub({ files: sharded }));
  const names = ['config.json', 'model-1.safetensors', 'model-2.safetensors', 'model.safetensors.index.json'];
  assert.deepEqual((await readdir(loaded.folder)).sort(), names);
  sharded.delete('model-2.safetensors');
  await refused(
    load(await hub({ files: sharded })),
    'E_CHECKPOINT',
    /index\.json: this index names "model-2\.safetensors", which/,
  );
});

test('offline, only the cache is used, and all its files are verified', async () => {
  const offline = { environment: { offline: true } };
  await refused(
    load(undefined, offline),
    'E_NO_INPUT',
    /reward\.model@main: .*this revision was never loaded; unset HF_HUB_OFFLINE/,
  );
  await load(await hub());
  await assertWhole(await load(undefined, offline));
  await assertWhole(await load(undefined, { ...offline, revision: COMMIT }));
  await refused(load(undefined, { ...offline, revision: 'v1' }), 'E_NO_INPUT', /@v1/);
  await writeFile(blob(LARGE), Buffer.alloc(LARGE.length));
  await refused(load(undefined, offline), 'E_DIGEST', /model\.safetensors: this file of the cache is damaged/);
  await rm(blob(LARGE));
  await refused(load(undefined, offline), 'E_NO_INPUT', /model\.safetensors is missing/);
  await rm(join(dirname(folder()), 'models--some-one--reward.model/snapshots', COMMIT, WEIGHTS));
  await refused(load(undefined, offline), 'E_NO_INPUT', /no weights;/);
});
