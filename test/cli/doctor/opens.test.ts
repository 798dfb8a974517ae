import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { tinyModel } from '../../doctor/tiny-model.js';
import { ROOT, SAMPLE } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';

const PRELOAD = new URL('./note-opens.js', import.meta.url).href;

/** How often a command opens each file of a model, by its name in the folder. */
function opensOf(model: string, ...command: string[]): Map<string, number> {
  const log = join(tempFolder(), 'opens');
  const args = ['--import', PRELOAD, join(ROOT, 'bin/starling-rm'), ...command, '--model', model];
  const { status, stderr } = spawnSync(process.execPath, args, { env: { ...process.env, OPENS: log } });
  assert.equal(status, 0, `${stderr}`);
  const counts = new Map<string, number>();
  for (const path of readFileSync(log, 'utf8').split('\n')) {
    const name = path.startsWith(model) ? path.slice(model.length + 1) : path;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

test('doctor opens each file of settings and tokenizer once, for digests, checks and the text thread', async () => {
  const model = await tinyModel();
  const opens = opensOf(model, 'doctor');
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) assert.equal(opens.get(name), 1, name);
  // Once for the checks, and once before them for the default number of workers.
  assert.equal(opens.get('reward.json'), 2);
});

test('the count of opens includes worker threads: score opens tokenizer.json for its digest and in the text thread', async () => {
  assert.equal(opensOf(await tinyModel(), 'score', SAMPLE, '--limit', '1').get('tokenizer.json'), 2);
});
