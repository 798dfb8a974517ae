import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type AskedEngine, chooseEngine, ENGINE_FORMS } from '../../src/engines/engines.js';
import type { ModelSettings } from '../../src/model/open-model.js';
import { MODEL } from '../root.js';
import { tempFolder } from '../temp-folder.js';

const SERVER = 'vllm=http://127.0.0.1:8000';

const keys = tempFolder();
writeFileSync(join(keys, 'empty'), '\n');
writeFileSync(join(keys, 'odd'), 'a\u00fcb');

test('the engine is local unless another one is named', async () => {
  assert.equal(ENGINE_FORMS, 'local, vllm=URL[,URL…]');
  for (const asked of [{}, { engine: 'local' }]) {
    const { sessions } = await chooseEngine({ ...asked, workers: 3, threads: 2 }, { folder: MODEL });
    assert.deepEqual(sessions, { workers: 3, threads: 2, device: undefined });
  }
  assert.equal(
    (await chooseEngine({ engine: `${SERVER},http://127.0.0.1:8001/v1` }, { folder: MODEL })).sessions,
    undefined,
  );
});

const MISUSE: [AskedEngine & Omit<ModelSettings, 'folder'>, RegExp][] = [
  [{ engine: 'vlm=http://x' }, /--engine vlm=http:\/\/x: expected local, vllm=URL/],
  [{ engine: 'vllm' }, /--engine vllm: expected local, vllm=URL/],
  [{ engine: 'local=2' }, /--engine local=2: expected/],
  [{ engine: 'toString' }, /--engine toString: expected/],
  [{ engine: 'vllm=' }, /expected addresses such as http:\/\/127\.0\.0\.1:8000, found ""/],
  [{ engine: 'vllm=127.0.0.1:8000' }, /expected addresses such as .*, found "127\.0\.0\.1:8000"/],
  [{ engine: 'vllm=ftp://x' }, /expected addresses/],
  [{ engine: 'vllm=http://x?key=1' }, /expected addresses/],
  [{ engine: 'vllm=http://x/,http://x/v1/' }, /names a server twice/],
  [
    { engine: SERVER, workers: 2 },
    /--workers is for sessions on this machine; .*; drop it, or choose another --engine/,
  ],
  [{ engine: SERVER, threads: 2 }, /--threads is for sessions/],
  [{ engine: SERVER, device: 'cuda' }, /--device is for sessions/],
  [{ engine: SERVER, dtype: 'int8' }, /--dtype is for sessions/],
  [{ engine: SERVER, logit: 1 }, /--logit is for sessions/],
  [{ engineKeyFile: 'key' }, /--engine-key-file is for engines that ask servers/],
  [{ goldenTolerance: 0.1 }, /--golden-tolerance is for engines that ask servers/],
  [{ engine: SERVER, engineKeyFile: join(keys, 'none') }, /E_NO_INPUT: .*none: the key cannot be read/],
  [{ engine: SERVER, engineKeyFile: join(keys, 'empty') }, /this file has no key in it/],
  [{ engine: SERVER, engineKeyFile: join(keys, 'odd') }, /characters that no HTTP header can carry/],
];

test('misuse is one line, which says what to drop', async () => {
  for (const [{ dtype, logit, ...asked }, expected] of MISUSE) {
    await assert.rejects(chooseEngine(asked, { folder: MODEL, dtype, logit }), (error) => {
      assert.match(`${error}`, expected);
      assert.match(`${error}`, /^E_(USAGE|NO_INPUT): [^\n]+$/);
      return true;
    });
  }
});

test('a password in an address is refused and not shown', async () => {
  await assert.rejects(chooseEngine({ engine: 'vllm=http://me:secret@x' }, { folder: MODEL }), (error) => {
    assert.match(`${error}`, /holds a password, which would be shown; give it with --engine-key-file/);
    assert.doesNotMatch(`${error}`, /secret/);
    return true;
  });
});
