import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Xoshiro128 } from '../../../src/measure/bootstrap/xoshiro128.js';
import { mergedLines } from '../../../src/runs/merge/merged-lines.js';
import { collect } from '../../read/collect.js';
import { tempFolder } from '../../temp-folder.js';

const line = (index: number, more = '') => `{"index":${index},"id":"${more}"}\n`;

async function filesOf(...texts: readonly string[]): Promise<string[]> {
  const folder = tempFolder();
  const files = texts.map((_, i) => join(folder, `${i}.jsonl`));
  await Promise.all(files.map((file, i) => writeFile(file, texts[i])));
  return files;
}

async function merged(files: readonly string[], isSorted = true): Promise<string> {
  const lines = await collect(mergedLines(files, { isSorted }));
  return Buffer.concat(lines.map(({ bytes }) => bytes)).toString();
}

test('lines of any length come in the order of their index, byte for byte', async () => {
  const random = Xoshiro128.seeded(5);
  for (const count of [1, 2, 3, 7, 64, 300]) {
    const texts = Array.from({ length: count }, () => '');
    let expected = '';
    for (let index = 0; index < 2000; index += 1 + random.below(3)) {
      // Of 300 files, pieces of 100 kB are read; a few lines are longer.
      const one = line(index, 'é'.repeat(random.below(400) === 0 ? 150_000 : random.below(60)));
      texts[random.below(count)] += one;
      expected += one;
    }
    assert.ok((await merged(await filesOf(...texts))) === expected, `${count} files`);
  }
});

test('files without lines add nothing', async () => {
  assert.equal(await merged(await filesOf('', line(4), '')), line(4));
  assert.equal(await merged(await filesOf('', '')), '');
});

test('no file stays open while others are read', { skip: process.platform !== 'linux' && 'needs /proc' }, async () => {
  const files = await filesOf(...Array.from({ length: 50 }, (_, i) => line(i) + line(50 + i)));
  const before = readdirSync('/proc/self/fd').length;
  for await (const { index } of mergedLines(files, { isSorted: true })) {
    assert.ok(readdirSync('/proc/self/fd').length <= before + 1, `at row ${index}`);
  }
});

test('a line that another program has written counts if it has an index', async () => {
  const [odd, last] = ['{"index": 0, "id": "a"}\n', '{"id":"b","index":2}\n'];
  assert.equal(await merged(await filesOf(odd + last, line(1))), odd + line(1) + last);
});

test('a row in two files, a wrong order, and what is no ranking are errors that name file and line', async () => {
  const cases: [string[], RegExp][] = [
    [[line(0) + line(3), line(2) + line(3)], /\d\.jsonl, line 2: row 3 is also in \S+\d\.jsonl, line 2; /],
    [[line(0) + line(0)], /0\.jsonl, line 2: row 0 comes after row 0; sort the lines/],
    [[line(5), line(2) + line(1)], /1\.jsonl, line 2: row 1 comes after row 2; sort the lines/],
    [[line(0) + line(1).slice(0, -1)], /0\.jsonl, line 2: this line has no end; the file was cut/],
    [['PAR1\n'], /0\.jsonl, line 1: this is no ranking as a line of JSON/],
    [['\n'], /0\.jsonl, line 1: this is no ranking/],
    [['{"index":-1}\n'], /no ranking/],
    [['{"index":1.5}\n'], /no ranking/],
    [['{"index":"1"}\n'], /no ranking/],
    [['null\n'], /no ranking/],
    [['{"index":12345678901234567890}\n'], /no ranking/],
  ];
  for (const [texts, expected] of cases) {
    const files = await filesOf(...texts);
    await assert.rejects(merged(files), (error) => {
      assert.match(String(error), /^E_SHARD: /);
      assert.match(String(error), expected);
      return true;
    });
  }
  await assert.rejects(merged([join(tempFolder(), 'absent')]), /cannot be read: ENOENT/);
});

test('lines that need not be sorted are all there, each file in its own order', async () => {
  const files = await filesOf(line(5) + line(3), line(4));
  assert.equal(await merged(files, false), line(4) + line(5) + line(3));
});
