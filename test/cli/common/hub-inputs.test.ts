import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { COMMIT, HubServer } from '../../hub/hub-server.js';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { finished, lines, row, run, start } from '../run.js';

const NAME = 'some-one/rows';
const TRAIN = Array.from({ length: 6 }, (_, i) => row(`t${i}`, ['Yes.', 'No.', `Perhaps ${i}.`]));
const TEST = row('only', ['Yes.', 'No.']);
const files: ReadonlyMap<string, Uint8Array> = new Map([
  ['data/train-00000-of-00002.jsonl', Buffer.from(TRAIN.slice(0, 4).join(''))],
  ['data/train-00001-of-00002.jsonl', Buffer.from(TRAIN.slice(4).join(''))],
  ['data/test-00000-of-00001.jsonl', Buffer.from(TEST)],
]);
let model: string;
let server: HubServer;

before(async () => {
  model = await byteModel();
  server = await HubServer.open({ name: NAME, kind: 'dataset', files, largeFrom: 10 });
  process.env.HF_ENDPOINT = server.endpoint;
  process.env.HF_HOME = tempFolder();
  for (const name of ['HF_HUB_CACHE', 'HF_HUB_OFFLINE', 'HF_TOKEN']) delete process.env[name];
});
after(() => server.close());

test('a data set of the hub gives the rankings of its files, and is loaded once', async () => {
  const local = await run(['score', '-', '-q', '-m', model], TRAIN.join(''));
  const args = ['score', `hf://datasets/${NAME}`, '--split', 'train', '-m', model];
  const { code, stdout, stderr } = await run(args);
  const name = (i: number) => `hf://datasets/${NAME}@${COMMIT}/data/train-0000${i < 4 ? 0 : 1}-of-00002.jsonl`;
  const expected = local.stdout.replaceAll(/"index":(\d),/g, (field, i) => `${field}"file":"${name(Number(i))}",`);
  assert.deepEqual({ code, stdout }, { code: 0, stdout: expected }, stderr);
  assert.match(stderr, /hf:\/\/datasets\/some-one\/rows is some-one\/rows@[0-9a-f]{40}: split train, 2 files\n/);
  const before = server.log.filter(({ url }) => url.startsWith('/store/')).length;
  assert.equal(before, 2);

  const one = `hf://datasets/${NAME}/data/train-00001-of-00002.jsonl`;
  const part = await run(['score', one, '-q', '-m', model]);
  assert.equal(lines(part.stdout).length, 2, part.stderr);
  assert.equal(server.log.filter(({ url }) => url.startsWith('/store/')).length, before);

  process.env.HF_HUB_OFFLINE = '1';
  try {
    const asked = server.log.length;
    const offline = await run([...args, '-q']);
    assert.deepEqual([offline.code, offline.stdout], [0, expected], offline.stderr);
    assert.equal(server.log.length, asked);
  } finally {
    delete process.env.HF_HUB_OFFLINE;
  }
});

test('a file by its address gives the rankings of the file, and a run on it resumes', async () => {
  const address = `${server.endpoint}/datasets/${NAME}/resolve/main/data/test-00000-of-00001.jsonl`;
  const local = await run(['score', '-', '-q', '-m', model], TEST);
  const out = join(tempFolder(), 'rankings.jsonl');
  const { code, stderr } = await run(['score', address, '-q', '-m', model, '-o', out, '--resume']);
  assert.equal(code, 0, stderr);
  assert.equal(readFileSync(out, 'utf8'), local.stdout);
  const again = await run(['score', address, '-q', '-m', model, '-o', out, '--resume']);
  assert.deepEqual([again.code, again.stderr], [0, '']);
});

test('addresses and part flags are refused where they mean nothing', async () => {
  const told = async (args: readonly string[], problem: RegExp) => {
    const { code, stdout, stderr } = await finished(start('score', '-m', model, ...args));
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assert.match(stderr, problem);
  };
  await told(['rows.jsonl', '--split', 'train'], /--split chooses a part of a data set on the hub/);
  await told([`hf://datasets/${NAME}/data/te*`, '--config', 'x'], /--config chooses a part/);
  await told([`hf://datasets/${NAME}`], /several splits; choose one with --split: test, train/);
  await told(['hf://some-one/rows'], /expected hf:\/\/datasets\/OWNER\/NAME/);
  await told(['http://example.org/x.jsonl'], /plain HTTP can be read and altered/);
  await told(['-', '-m', 'some-one/model'], /no such model folder; make it: starling-rm convert some-one\/model model/);
});
