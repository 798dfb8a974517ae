import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../cli/run.js';
import { tinyRepository } from '../hub/tiny-repository.js';
import { tempFolder } from '../temp-folder.js';

const { folder: checkpoint } = await tinyRepository();
const SECRET = 'a key of the user';

async function copyOf(folder: string): Promise<string> {
  const copy = join(tempFolder(), 'checkpoint');
  await cp(folder, copy, { recursive: true });
  return copy;
}

/** Moves a file of a folder to `place` and leaves a link to it. */
async function moved(folder: string, name: string, place: string): Promise<void> {
  await mkdir(place, { recursive: true });
  await rename(join(folder, name), join(place, name));
  await symlink(join(place, name), join(folder, name));
}

async function converted(folder: string, ...flags: string[]) {
  const model = join(tempFolder(), 'model');
  return { ...(await run(['convert', folder, model, '--dtype', 'fp32', ...flags])), model };
}

test('a chat template that is a link out of the checkpoint is not copied into the model', async () => {
  const secret = join(tempFolder(), 'id');
  await writeFile(secret, SECRET);
  for (const flags of [[], ['--base', checkpoint]]) {
    const folder = await copyOf(checkpoint);
    await symlink(secret, join(folder, 'chat_template.jinja'));
    if (flags.length > 0) await rm(join(folder, 'tokenizer.json'));
    const { code, stderr, model } = await converted(folder, ...flags);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /E_CHECKPOINT: .*chat_template\.jinja: this is a link out of the checkpoint, to .*\/id, and/);
    assert.ok(!existsSync(model));
  }
});

test('settings and tokenizer files that are links out of the checkpoint, or out of a base, are refused', async () => {
  for (const name of ['config.json', 'reward.json', 'tokenizer.json', 'tokenizer_config.json']) {
    const folder = await copyOf(checkpoint);
    await moved(folder, name, tempFolder());
    const { code, stderr } = await converted(folder);
    assert.equal(code, 1, stderr);
    assert.ok(stderr.includes(`${name}: this is a link out of the checkpoint`), stderr);
  }
  const [weightsOnly, base] = [await copyOf(checkpoint), await copyOf(checkpoint)];
  await rm(join(weightsOnly, 'tokenizer.json'));
  await moved(base, 'tokenizer.json', tempFolder());
  assert.match((await converted(weightsOnly, '--base', base)).stderr, /tokenizer\.json: this is a link out of/);
});

test('a link into blobs is refused where blobs itself links out of the repository', async () => {
  const place = tempFolder();
  const [secrets, snapshot] = [join(place, 'secrets'), join(place, 'repository/snapshots/1')];
  await mkdir(secrets);
  await writeFile(join(secrets, 'id'), SECRET);
  await cp(checkpoint, snapshot, { recursive: true });
  await symlink(secrets, join(place, 'repository/blobs'));
  await symlink('../../blobs/id', join(snapshot, 'chat_template.jinja'));
  assert.match((await converted(snapshot)).stderr, /chat_template\.jinja: this is a link out of the checkpoint/);
});

test('a named pipe in place of a file is refused without waiting for it', async () => {
  const folder = await copyOf(checkpoint);
  assert.equal(spawnSync('mkfifo', [join(folder, 'chat_template.jinja')]).status, 0);
  assert.match((await converted(folder)).stderr, /chat_template\.jinja: this is no regular file/);
});

test('links within a checkpoint, into the blobs of a snapshot, and to weights anywhere are followed', async () => {
  const expected = await readFile(join(checkpoint, 'tokenizer.json'));
  const inside = await copyOf(checkpoint);
  await moved(inside, 'tokenizer.json', join(inside, 'parts'));
  await moved(inside, 'model.safetensors', tempFolder());
  const place = tempFolder();
  const snapshot = join(place, 'snapshots/1');
  await cp(checkpoint, snapshot, { recursive: true });
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors'])
    await moved(snapshot, name, join(place, 'blobs'));
  const named = join(tempFolder(), 'link');
  await symlink(snapshot, named);
  for (const folder of [inside, snapshot, named]) {
    const { code, stderr, model } = await converted(folder);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await readFile(join(model, 'tokenizer.json')), expected);
  }
});
