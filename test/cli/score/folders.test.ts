import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { tempFolder } from '../../temp-folder.js';
import { byteModel } from '../byte-model.js';
import { type Finished, lines, run } from '../run.js';
import { arrowBytes, parquetBytes } from './bad-files.js';

const model = byteModel();
const PYTHON = process.env.STARLING_RM_PYTHON;

async function score(...args: string[]): Promise<Finished> {
  return run(['score', '-m', await model, ...args]);
}

function folderOf(files: Record<string, string | Buffer>): string {
  const folder = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

function row(prompt: string): string {
  return `${JSON.stringify({ prompt, answers: ['a', 'b'] })}\n`;
}

const pretty = (value: unknown) => JSON.stringify(value, undefined, 2);

/** The files of `Dataset.save_to_disk`, with the texts that datasets 5.2 writes. */
async function savedDataset(shards: number, prefix = ''): Promise<Record<string, string | Buffer>> {
  const names = Array.from({ length: shards }, (_, i) => `data-0000${i}-of-0000${shards}.arrow`);
  const rows = await arrowBytes('stream', 2);
  const state = {
    _data_files: names.map((filename) => ({ filename })),
    _fingerprint: '759c0719242cdf50',
    _split: null,
  };
  return Object.fromEntries([
    ...names.map((name) => [`${prefix}${name}`, rows]),
    [`${prefix}state.json`, pretty(state)],
    [`${prefix}dataset_info.json`, pretty({ citation: '', features: { prompt: { dtype: 'string', _type: 'Value' } } })],
  ]);
}

/** `index file` of each ranking, with the path of the file in the folder. */
function seen({ code, stdout, stderr }: Finished, folder: string): string[] {
  assert.equal(code, 0, stderr);
  return lines(stdout).map((line) => {
    const { index, file } = JSON.parse(line);
    return `${index} ${file?.slice(folder.length + 1)}`;
  });
}

test('of a folder of save_to_disk, the files of rows are read, and cached files are not', async () => {
  const cached = { 'cache-287a37553565f1a1.arrow': await arrowBytes('stream', 5) };
  const folder = folderOf({ ...(await savedDataset(2)), ...cached });
  const told = await score(folder);
  const [first, second] = [0, 1].map((i) => `data-0000${i}-of-00002.arrow`);
  assert.deepEqual(seen(told, folder), [`0 ${first}`, `1 ${first}`, `2 ${second}`, `3 ${second}`]);
  assert.match(
    told.stderr,
    /^starling-rm: passed over \(not part of the saved dataset\): .*cache-287a37553565f1a1\.arrow\n$/,
  );
  assert.equal((await score(folderOf(await savedDataset(1)))).stderr, '', 'known files are passed over without a word');
});

test('a DatasetDict of one split is read, and of several the error names the splits', async () => {
  const both = folderOf({
    'dataset_dict.json': '{"splits": ["train", "test"]}',
    ...(await savedDataset(1, 'train/')),
    ...(await savedDataset(1, 'test/')),
  });
  const refused = await score(both);
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(
    refused.stderr,
    /E_NO_INPUT: .*DatasetDict with the splits train, test, .*name it, for example .*\/train\n$/,
  );
  assert.equal(lines((await score(join(both, 'test'))).stdout).length, 2);
  const one = folderOf({ 'dataset_dict.json': '{"splits": ["train"]}', ...(await savedDataset(1, 'train/')) });
  const told = await score(one);
  assert.deepEqual([told.code, lines(told.stdout).length, told.stderr], [0, 2, '']);
  const within = await score(folderOf({ 'a/dataset_dict.json': '{"splits": ["x", "y"]}', 'b.jsonl': row('b') }));
  assert.match(within.stderr, /E_NO_INPUT: .*\/a: this is a saved DatasetDict with the splits x, y/);
});

test('.json files of a folder are read if they begin with a row or a ranking; a message names the others', async () => {
  const files = {
    'biome.json': pretty({ formatter: { indentWidth: 2 } }),
    'tsconfig.json': '// what is compiled\n{\n  "include": []\n}\n',
    'summary.json': JSON.stringify({ rows: 100, accuracy: 0.5 }),
    'names.json': pretty(['a', 'b']),
    'texts.json': JSON.stringify(['a', 'b']),
    'tables.json': JSON.stringify([['a', 'b']]),
    'numbers.json': '[1, 2]',
    'cars.json': JSON.stringify([{ name: 'a' }]),
    'packed.json.gz': gzipSync(JSON.stringify({ splits: ['a'] })),
  };
  const rows = {
    'array.json': pretty([JSON.parse(row('in an array'))]),
    'empty.json': '',
    'lines.json': row('line 1') + row('line 2'),
    'packed-rows.json.gz': gzipSync(row('packed')),
  };
  const folder = folderOf({ ...files, ...rows });
  const told = await score(folder);
  const expected = ['0 array.json', '1 lines.json', '2 lines.json', '3 packed-rows.json.gz'];
  assert.deepEqual(seen(told, folder), expected);
  assert.match(told.stderr, /^starling-rm: passed over \(no rows\): .*biome\.json, .* and 4 more\n$/);
  assert.equal((await score(folder, '-q')).stderr, '');
  const none = await score(folderOf(files));
  assert.deepEqual([none.code, none.stdout], [2, '']);
  assert.match(none.stderr, /E_NO_INPUT: .*this folder has no files of rows; .*biome\.json/);
  const named = await score(join(folder, 'summary.json'));
  assert.match(named.stderr, /E_SHAPE: .*summary\.json, line 1/, 'a file that is named is read');
});

test('a damaged .json file of rows in a folder is an error and is not passed over', async () => {
  const broken: Record<string, RegExp> = {
    [row('hi').slice(0, 20)]: /E_JSON: /,
    [pretty(JSON.parse(row('hi')))]: /E_JSON: .*as jq -c writes/,
    [JSON.stringify({ prompt: 'hi' })]: /E_ANSWERS: /,
    [JSON.stringify([{ prompt: 5, answers: ['a'] }])]: /E_PROMPT: /,
  };
  for (const [text, says] of Object.entries(broken)) {
    const { code, stderr } = await score(folderOf({ 'rows.json': text, 'more.jsonl': row('hi') }), '-q');
    assert.equal(code, 1, text);
    assert.match(stderr, says);
  }
  const other = folderOf({ 'rows.json': `${JSON.stringify({ q: 'hi', a: 'yes' })}\n`, 'x.json': '{"rows":1}' });
  assert.deepEqual(seen(await score(other, '-q', '--prompt-field', 'q', '--answers-field', 'a'), other), [
    '0 undefined',
  ]);
});

test('rankings in a folder are distinguished from other .json files too', async () => {
  const rankings = (await score('-q', join(folderOf({ 'rows.jsonl': row('hi') }), 'rows.jsonl'))).stdout;
  const folder = folderOf({ 'rankings.json': rankings, 'package.json': pretty({ name: 'x' }) });
  const told = await run(['evaluate', '--scored', folder, '--json', '-']);
  assert.equal(told.code, 0, told.stderr);
  assert.equal(JSON.parse(told.stdout).rows, 1);
});

test('an error in a file ends the run before a row of another file is scored', async () => {
  const parquet = await parquetBytes("SELECT 'hi' AS prompt, ['a', 'b'] AS answers");
  const files: Record<string, string | Buffer> = {
    'rows.parquet': parquet.subarray(0, parquet.length - 5),
    'no.parquet': '',
    'rows.arrow': 'ARROW1 and then nothing',
    'rows.jsonl': 'PK\x03\x04 a zip',
    'rows.jsonl.gz': gzipSync(row('hi')).subarray(0, 12),
  };
  for (const [name, content] of Object.entries(files)) {
    const folder = folderOf({ 'a-good.jsonl': row('good'), [name]: content });
    const { code, stdout, stderr } = await score(folder, '-q');
    assert.deepEqual([code, stdout], [1, ''], name);
    assert.match(stderr, /E_READ: /);
    assert.ok(stderr.includes(`${folder}/${name}: `), stderr);
  }
  const where = folderOf({ 'a.parquet': parquet, 'b.parquet': await parquetBytes("SELECT 'x' AS other") });
  const refused = await score(where, '-q', '--where', "prompt = 'hi'");
  assert.deepEqual([refused.code, refused.stdout], [2, '']);
  assert.match(refused.stderr, /E_USAGE: .*b\.parquet: --where: /);
});

test('a file of other records in a folder ends the run before a row is scored, unless bad rows are skipped', async () => {
  const folder = folderOf({ 'a.jsonl': row('a'), 'lists.jsonl': '["b","c"]\n', 'other.jsonl': '{"count":1}\n' });
  const { code, stdout, stderr } = await score(folder, '-q');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(
    stderr,
    /E_SHAPE: .*other\.jsonl, line 1, byte 0: the first record of this file of the folder is neither/,
  );
  const skipped = await score(folder, '-q', '--on-error', 'skip');
  assert.deepEqual([skipped.code, lines(skipped.stdout).length], [1, 2]);
  const named = await score('-q', join(folder, 'a.jsonl'), join(folder, 'other.jsonl'));
  assert.deepEqual(
    [named.code, lines(named.stdout).length],
    [1, 1],
    'if files are named, the rows of earlier ones are scored',
  );
});

test('links are followed, each file is read once, and cycles end', async () => {
  const folder = folderOf({ 'z-rows.jsonl': row('z'), 'deep/rows.jsonl': row('deep') });
  const elsewhere = folderOf({ 'far.jsonl': row('far'), 'sub/farther.jsonl': row('farther') });
  symlinkSync('.', join(folder, 'circle'));
  symlinkSync('z-rows.jsonl', join(folder, 'a-link.jsonl'));
  symlinkSync('deep', join(folder, 'a-linked-folder'));
  linkSync(join(folder, 'z-rows.jsonl'), join(folder, 'zz-hard.jsonl'));
  symlinkSync(elsewhere, join(folder, 'elsewhere'));
  symlinkSync(folder, join(elsewhere, 'back'));
  symlinkSync('nothing', join(folder, 'gone'));
  const told = await score(folder);
  assert.deepEqual(seen(told, folder), [
    '0 deep/rows.jsonl',
    '1 elsewhere/far.jsonl',
    '2 elsewhere/sub/farther.jsonl',
    '3 z-rows.jsonl',
  ]);
  assert.match(told.stderr, /passed over \(another name of a file that is read\): .*zz-hard\.jsonl, .*a-link\.jsonl\n/);
  assert.match(told.stderr, /passed over \(a dangling link\): .*gone\n/);
  symlinkSync('nothing.jsonl', join(folder, 'gone.jsonl'));
  symlinkSync('self.jsonl', join(folder, 'self.jsonl'));
  const lost = await score(folder);
  assert.deepEqual([lost.code, lost.stdout], [2, '']);
  assert.match(lost.stderr, /E_NO_INPUT: .*(gone|self)\.jsonl: /);
});

test('a folder may have the name of a file, and files any name; what is no regular file is passed over', async () => {
  const folder = folderOf({
    'out.parquet/part-0.parquet': await parquetBytes("SELECT 'p' AS prompt, ['a'] AS answers"),
    'out.parquet/_SUCCESS': '',
    'a\nb\u001b[31m.jsonl': row('newline'),
    "it's [x] *.jsonl": row('pattern'),
    'empty.jsonl': '',
    '.hidden/rows.jsonl': 'not rows',
    '.hidden.jsonl': 'not rows',
  });
  assert.equal(spawnSync('mkfifo', [join(folder, 'pipe.jsonl')]).status, 0);
  const told = await score(folder);
  assert.deepEqual(seen(told, folder), [
    '0 a\nb\u001b[31m.jsonl',
    "1 it's [x] *.jsonl",
    '2 out.parquet/part-0.parquet',
  ]);
  assert.match(told.stderr, /^starling-rm: passed over \(not a regular file\): .*pipe\.jsonl\n$/);
  const lone = folderOf({ 'a\u001b[31m\u202e.json': '{"rows":1}', 'b.jsonl': row('b') });
  assert.ok(!(await score(lone)).stderr.includes('\u001b'));
});

test('a folder with an unreadable part is refused', { skip: skipWithoutUser() }, async () => {
  const folder = folderOf({ 'a.jsonl': row('a'), 'closed/b.jsonl': row('b') });
  const line = `chmod 755 "$1"/.. "$1" && chmod 000 "$1"/closed && setpriv --reuid=65534 --clear-groups "$2" bin/starling-rm score -m "$3" "$1"; echo $?`;
  const model_ = await model;
  const { stdout, stderr } = spawnSync('bash', ['-c', line, '-', folder, process.execPath, model_], {
    encoding: 'utf8',
  });
  assert.equal(stdout, '2\n', stderr);
  assert.match(stderr, /E_NO_INPUT: .*closed: this folder cannot be read \(EACCES\)/);
});

function skipWithoutUser(): string | false {
  const { status } = spawnSync('setpriv', ['--reuid=65534', '--clear-groups', process.execPath, '-e', '0']);
  return status !== 0 && 'NOT TESTED: no other user can be taken on here';
}

const MAKE = `
import sys
from datasets import Dataset, DatasetDict, load_from_disk
rows = [{"prompt": f"hi {i}", "answers": ["a", "b"]} for i in range(5)]
whole = Dataset.from_list(rows)
whole.save_to_disk(sys.argv[1] + "/whole", num_shards=2)
load_from_disk(sys.argv[1] + "/whole").map(lambda row: {"prompt": row["prompt"] + "!"})
DatasetDict(train=whole, test=whole.select([3, 1])).save_to_disk(sys.argv[1] + "/dict")
`;

test('folders that the datasets library saves', { skip: skipWithoutDatasets() }, async () => {
  const folder = tempFolder();
  const made = spawnSync(PYTHON ?? '', ['-c', MAKE, folder], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  assert.equal(lines((await score(join(folder, 'whole'), '-q')).stdout).length, 5);
  const kept = lines((await score(join(folder, 'dict/test'), '-q', '--keep')).stdout);
  assert.deepEqual(
    kept.map((line) => JSON.parse(line).prompt),
    ['hi 3', 'hi 1'],
  );
  assert.match((await score(join(folder, 'dict'))).stderr, /E_NO_INPUT: .*splits train, test/);
});

function skipWithoutDatasets(): string | false {
  const found = PYTHON !== undefined && spawnSync(PYTHON, ['-c', 'import datasets']).status === 0;
  return !found && 'NOT TESTED: STARLING_RM_PYTHON names no Python that has datasets';
}
