import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hubEnvironment } from '../../src/hub/environment.js';
import { neededFiles } from '../../src/hub/needed-files.js';
import { parseRepository } from '../../src/hub/repository.js';
import { tempFolder } from '../temp-folder.js';

test('OWNER/NAME with a revision is a repository, a path is not', () => {
  assert.deepEqual(parseRepository('a/b'), { kind: 'model', name: 'a/b', revision: 'main' });
  assert.deepEqual(parseRepository('Some-one/RM_7B.v2@refs/pr/1'), {
    kind: 'model',
    name: 'Some-one/RM_7B.v2',
    revision: 'refs/pr/1',
  });
  const paths = [
    'a',
    './a/b',
    '../b',
    '/a/b',
    'a/b/c',
    'a/',
    '/b',
    '~/a',
    'a/b@',
    'a/b@../../x',
    'a/b@x//y',
    'a/b c',
    'a/..',
    '',
  ];
  for (const path of paths) assert.equal(parseRepository(path), undefined, path);
});

test('the needed files are the weights that a conversion chooses, settings and tokenizer, and no others', () => {
  const settings = ['config.json', 'reward.json', 'tokenizer.model', 'special_tokens_map.json'];
  const others = [
    'README.md',
    'adapter_model.safetensors',
    'consolidated.safetensors',
    'optimizer.pt',
    'training_args.bin',
  ];
  const needed = (...weights: string[]) => neededFiles([...others, ...settings, ...weights], 'a/b');
  const bin = 'pytorch_model.bin';
  const index = 'model.safetensors.index.json';
  assert.deepEqual(needed('model.safetensors', index, bin), { settings, weights: ['model.safetensors'] });
  assert.deepEqual(needed(index, bin), { settings: [...settings, index], index, weights: [] });
  assert.deepEqual(needed(bin, `${bin}.index.json`, 'x.pt'), { settings, weights: [bin] });
  assert.deepEqual(needed('starling.pt', '../x.pt', 'a\\b.pt'), { settings, weights: ['starling.pt'] });
  assert.deepEqual(needed('reward.safetensors', bin), { settings, weights: ['reward.safetensors'] });
  assert.deepEqual(needed('reward.bin', 'x/y.bin'), { settings, weights: ['reward.bin'] });
  assert.throws(() => needed(), /E_CHECKPOINT: a\/b: the checkpoint has no weights; expected model\.safetensors or/);
  assert.throws(() => needed('a.pt', 'b.pt'), /several files of weights: a\.pt, b\.pt;/);
});

test('the environment sets the hub, and an error names the variable with the invalid value', () => {
  const home = tempFolder();
  const files = join(home, 'starling-rm');
  const usual = { endpoint: 'https://huggingface.co', token: undefined, offline: false, files, idle: 30_000 };
  assert.deepEqual(hubEnvironment({ HF_TOKEN: ' ', HF_HUB_OFFLINE: '0', HF_ENDPOINT: '', HF_HOME: home }), usual);
  const set = {
    HF_HOME: home,
    HF_TOKEN: ' hf_x\n',
    HF_HUB_OFFLINE: 'yes',
    HF_ENDPOINT: 'http://h/hf/',
    HF_HUB_DOWNLOAD_TIMEOUT: '2.5',
  };
  assert.deepEqual(hubEnvironment(set), { endpoint: 'http://h/hf', token: 'hf_x', offline: true, files, idle: 2500 });

  writeFileSync(join(home, 'token'), 'hf_kept\n');
  assert.equal(hubEnvironment({ HF_HOME: home }).token, 'hf_kept');
  assert.equal(hubEnvironment({ HF_HOME: home, HF_TOKEN: 'hf_x' }).token, 'hf_x');
  assert.equal(hubEnvironment({ HF_HOME: home, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }).token, undefined);

  for (const [name, value] of [
    ['HF_ENDPOINT', 'huggingface.co'],
    ['HF_HUB_DOWNLOAD_TIMEOUT', 'soon'],
  ]) {
    assert.throws(
      () => hubEnvironment({ HF_HOME: tempFolder(), [name]: value }),
      new RegExp(`E_USAGE: expected ${name} .*"${value}"`),
    );
  }
  assert.throws(
    () => hubEnvironment({ HF_TOKEN: 'sesame' }),
    (error) => /HF_TOKEN/.test(`${error}`) && !/sesame/.test(`${error}`),
  );
});
