import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { StarlingError } from '../../../src/contracts/errors.js';
import { Lock } from '../../../src/write/files/lock.js';
import { tempFolder } from '../../temp-folder.js';
import type { ThiefStart } from './lock-thieves.js';

const LOCK_MODULE = new URL('../../../src/write/files/lock.js', import.meta.url).href;

/** A process that holds the lock until it is killed, or ends by running `leaving`. */
async function holder(path: string, leaving = 'setInterval(() => {}, 1000)') {
  const script = `import { Lock } from '${LOCK_MODULE}';
    await Lock.take(process.argv[1]); console.log('taken'); ${leaving};`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  return child;
}

async function left(path: string): Promise<void> {
  const child = await holder(path);
  child.kill('SIGKILL');
  await once(child, 'close');
}

async function refusal(path: string): Promise<string> {
  const error = await Lock.take(path).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof StarlingError && error.code === 'E_EXISTS', String(error));
  return error.message;
}

test('a lock is held by one process, names it, and is removed when it is released', async () => {
  const folder = tempFolder();
  const path = join(folder, 'r.lock');
  const lock = await Lock.take(path);
  const { host, pid } = JSON.parse(await readFile(path, 'utf8'));
  assert.deepEqual({ host, pid }, { host: hostname(), pid: process.pid });
  assert.match(await refusal(path), new RegExp(`process ${process.pid} on ${hostname()}`));
  assert.ok(lock.isHeld());
  await lock.release();
  await lock.release();
  assert.deepEqual(await readdir(folder), []);
  await (await Lock.take(path)).release();
});

test('a lock is removed when its process exits, and can be taken at once after its process was killed', async () => {
  const folder = tempFolder();
  const path = join(folder, 'r.lock');
  for (const leaving of ['process.exit(3)', 'throw new Error("unforeseen")']) {
    const child = await holder(path, leaving);
    if (child.exitCode === null) await once(child, 'close');
    assert.deepEqual(await readdir(folder), [], leaving);
  }
  const child = await holder(path);
  assert.match(await refusal(path), new RegExp(`process ${child.pid} on`));
  child.kill('SIGKILL');
  await once(child, 'close');
  await (await Lock.take(path)).release();
  assert.deepEqual(await readdir(folder), []);
});

test('a lock of another boot, another container or a reused pid becomes stale after 60 seconds without a heartbeat', async () => {
  const path = join(tempFolder(), 'r.lock');
  await left(path);
  const dead = JSON.parse(readFileSync(path, 'utf8'));
  const cases: [string, object, boolean][] = [
    ['ended here', {}, true],
    ['another boot', { boot: 'another' }, false],
    ['another container', { pid_namespace: 'another' }, false],
    ['alive', { pid: process.pid, started: undefined }, false],
    ['its pid is given again', { pid: process.pid }, true],
  ];
  for (const [name, change, isStale] of cases) {
    writeFileSync(path, JSON.stringify({ ...dead, ...change }));
    if (!isStale) {
      assert.match(await refusal(path), /is writing this/, name);
      await utimes(path, new Date(), new Date(Date.now() - 61_000));
    }
    await (await Lock.take(path)).release();
  }
});

test('a process without a heartbeat for 60 seconds loses the lock, notices it, and does not remove the new lock', async () => {
  const folder = tempFolder();
  const path = join(folder, 'r.lock');
  const first = await Lock.take(path);
  await utimes(path, new Date(), new Date(Date.now() - 61_000));
  const second = await Lock.take(path);
  assert.equal(first.isHeld(), false);
  await first.release();
  assert.ok(second.isHeld());
  assert.match(await refusal(path), /is writing this/);
  await second.release();
  assert.deepEqual(await readdir(folder), []);
});

test('a removed lock file is made again; a lock whose folder is gone is lost', async () => {
  const folder = join(tempFolder(), 'out');
  const path = join(folder, 'r.lock');
  await mkdir(folder);
  const lock = await Lock.take(path);
  await rm(path);
  assert.ok(lock.isHeld());
  assert.match(await refusal(path), /is writing this/);
  await rename(folder, `${folder}2`);
  assert.equal(lock.isHeld(), false);
  await lock.release();
});

test('of many processes that take one stale lock one wins, also if an earlier one was killed', async () => {
  const folder = tempFolder();
  await left(join(folder, 'stale'));
  const stale = await readFile(join(folder, 'stale'));
  const locks = Array.from({ length: 200 }, (_, i) => join(folder, `${i}`));
  for (const [i, path] of locks.entries()) {
    await writeFile(path, stale);
    if (i % 2 === 1) await writeFile(`${path}.lock`, stale);
    if (i % 4 === 3) await writeFile(`${path}.lock.lock`, stale);
  }
  const thieves = 4;
  const arrived = new Int32Array(new SharedArrayBuffer(4 * locks.length));
  const workers = Array.from({ length: thieves }, () => {
    const workerData: ThiefStart = { locks, thieves, arrived };
    return once(new Worker(new URL('./lock-thieves.js', import.meta.url), { workerData }), 'message');
  });
  const won = (await Promise.all(workers)).map(([each]) => each as boolean[]);
  for (const i of locks.keys()) assert.equal(won.filter((each) => each[i]).length, 1, `lock ${i}`);
  assert.deepEqual((await readdir(folder)).length, locks.length + 1, 'no guard file is left');
});

test('a link or pipe that is planted in the place of a lock or its guard is not followed, waited for or removed', async () => {
  const folder = tempFolder();
  const path = join(folder, 'r.lock');
  const plants: [string, (at: string) => Promise<unknown>][] = [
    ['link', (at) => symlink('victim', at)],
    ['FIFO', (at) => once(spawn('mkfifo', [at]), 'close')],
    ['folder', (at) => mkdir(at)],
    ['file', (at) => writeFile(at, 'precious')],
  ];
  for (const [what, plant] of plants) {
    await plant(path);
    assert.match(await refusal(path), /no lock file of starling-rm; remove it/, what);
    assert.deepEqual(await readdir(folder), ['r.lock'], what);
    await rm(path, { recursive: true });
    await left(path);
    await plant(`${path}.lock`);
    assert.match(await refusal(path), /no lock file of starling-rm; remove it/, what);
    assert.deepEqual((await readdir(folder)).sort(), ['r.lock', 'r.lock.lock'], what);
    await rm(`${path}.lock`, { recursive: true });
    await rm(path);
  }
});
