import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { tempFolder } from '../temp-folder.js';
import { COMMIT } from './hub-server.js';
import { blob, folder, hub, LARGE, load, refused, WEIGHTS } from './loading.js';

const MINE = 'a file that is none of the cache\n';

/** A file outside the cache, with files beside it. */
async function outside(): Promise<{ place: string; file: string }> {
  const place = tempFolder();
  const file = join(place, 'mine');
  await writeFile(file, MINE);
  return { place, file };
}

test('a link or pipe planted for a partial file is removed and not written through', async () => {
  const { place, file } = await outside();
  const plants = [
    () => symlink(file, `${blob(LARGE)}.incomplete`),
    () => symlink(join(place, 'new'), `${blob(LARGE)}.incomplete`),
    async () => linkSync(file, `${blob(LARGE)}.incomplete`),
    async () => assert.equal(spawnSync('mkfifo', [`${blob(LARGE)}.incomplete`]).status, 0),
  ];
  for (const plant of plants) {
    await mkdir(join(folder(), 'blobs'), { recursive: true });
    await plant();
    const loaded = await load(await hub());
    assert.deepEqual(await readFile(join(loaded.folder, WEIGHTS)), LARGE);
    assert.equal(await readFile(file, 'utf8'), MINE);
    assert.deepEqual(await readdir(place), ['mine']);
    await rm(folder(), { recursive: true });
  }
});

test('a link planted for a reference is not written through', async () => {
  const { place, file } = await outside();
  for (const [name, target] of [
    ['main.new', file],
    ['main.new', join(place, 'new')],
    ['main', file],
  ]) {
    await mkdir(join(folder(), 'refs'), { recursive: true });
    await symlink(target, join(folder(), 'refs', name));
    await load(await hub());
    assert.equal(await readFile(join(folder(), 'refs/main'), 'utf8'), COMMIT);
    assert.equal(await readFile(file, 'utf8'), MINE);
    assert.deepEqual(await readdir(place), ['mine']);
    await rm(folder(), { recursive: true });
  }
});

test('a link in place of a folder of the cache is refused, as files of its target would be replaced', async () => {
  for (const name of ['blobs', 'snapshots', `snapshots/${COMMIT}`, 'refs']) {
    const { place } = await outside();
    await writeFile(join(place, 'config.json'), MINE);
    await mkdir(join(folder(), 'snapshots'), { recursive: true });
    await rm(join(folder(), name), { recursive: true, force: true });
    await symlink(place, join(folder(), name));
    await refused(load(await hub()), 'E_WRITE', /is no folder; remove it/);
    assert.deepEqual((await readdir(place)).sort(), ['config.json', 'mine'], name);
    assert.equal(await readFile(join(place, 'config.json'), 'utf8'), MINE);
    await rm(folder(), { recursive: true });
  }
});

test('offline, a link that leads out of the cache is refused', async () => {
  const offline = { environment: { offline: true } };
  const { file } = await outside();
  const { folder: snapshot } = await load(await hub());
  for (const name of ['config.json', 'chat_template.jinja', WEIGHTS]) {
    const kept = await readFile(join(snapshot, name)).catch(() => undefined);
    await rm(join(snapshot, name), { force: true });
    await symlink(file, join(snapshot, name));
    await refused(
      load(undefined, offline),
      'E_DIGEST',
      /this link leads out of the cache, so its target is not from the hub/,
    );
    await rm(join(snapshot, name));
    if (kept !== undefined) await writeFile(join(snapshot, name), kept);
  }
  await load(undefined, offline);
});
