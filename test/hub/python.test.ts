import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { loadCheckpoint } from '../../src/hub/checkpoint.js';
import { tempFolder } from '../temp-folder.js';
import { HubServer } from './hub-server.js';
import { tinyRepository } from './tiny-repository.js';

/** A Python with the packages of test/oracles/requirements.txt. */
const PYTHON = process.env.STARLING_RM_PYTHON ?? 'python3';
const NAME = 'some-one/tiny';
const LOAD = `from huggingface_hub import snapshot_download; print(snapshot_download('${NAME}'), end='')`;

function skipWithoutHub(): string | false {
  const { status } = spawnSync(PYTHON, ['-c', 'import huggingface_hub']);
  return status !== 0 && `NOT TESTED: ${PYTHON} has no huggingface_hub (test/oracles/requirements.txt)`;
}

/** Loads files with Python's huggingface_hub and returns what it prints. */
async function python(variables: Record<string, string>): Promise<string> {
  const env = {
    ...process.env,
    HF_HUB_DISABLE_PROGRESS_BARS: '1',
    HF_HUB_DISABLE_XET: '1',
    HF_HUB_OFFLINE: '0',
    ...variables,
  };
  const child = spawn(PYTHON, ['-c', LOAD], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  return text(child.stdout);
}

async function ours(cache: string, endpoint: string, offline: boolean): Promise<string> {
  process.env.HF_HUB_CACHE = cache;
  const silent = { onStep: () => {}, onTotal: () => {}, onBytes: () => {}, weights: true };
  const environment = { endpoint, token: undefined, offline, files: cache, idle: 600_000 };
  try {
    return (await loadCheckpoint({ kind: 'model', name: NAME, revision: 'main' }, environment, silent)).folder;
  } finally {
    delete process.env.HF_HUB_CACHE;
  }
}

test("Python's huggingface_hub and this share one cache in both directions", { skip: skipWithoutHub() }, async () => {
  const { files } = await tinyRepository();
  const server = await HubServer.open({ name: NAME, files, page: 2 });
  try {
    const [loaded, itsOwn] = [tempFolder(), tempFolder()];
    const folder = await ours(loaded, server.endpoint, false);
    assert.equal(await python({ HF_HUB_CACHE: loaded, HF_HUB_OFFLINE: '1' }), folder);

    const snapshot = await python({ HF_HUB_CACHE: itsOwn, HF_ENDPOINT: server.endpoint });
    assert.equal(await ours(itsOwn, server.endpoint, true), snapshot);
    for (const [name, bytes] of files) assert.deepEqual(await readFile(join(snapshot, name)), bytes);

    const blobs = async (cache: string) => (await readdir(join(cache, 'models--some-one--tiny/blobs'))).sort();
    assert.deepEqual(await blobs(loaded), await blobs(itsOwn));
    const before = server.requestsFor('model.safetensors').length;
    await ours(itsOwn, server.endpoint, false);
    assert.equal(server.requestsFor('model.safetensors').length, before);
  } finally {
    await server.close();
  }
});
