import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { StarlingError } from '../../../src/contracts/errors.js';
import { filesMatching } from '../../../src/read/inputs/shards.js';
import { ROOT } from '../../root.js';
import { tempFolder } from '../../temp-folder.js';

interface Expected {
  files: string[];
  /** Target of each link. */
  links: Record<string, string>;
  pipes: string[];
  folders: string[];
  /** The home folder, for `~/`. */
  home: string;
  /** Results of the `glob` of DuckDB 1.5.6 in that folder, by pattern. ROOT is the folder. */
  found: Record<string, string[]>;
}

const { files, links, pipes, folders, home, found }: Expected = JSON.parse(
  readFileSync(join(ROOT, 'test/read/inputs/patterns.json'), 'utf8'),
);
const root = tempFolder();
const was = { folder: process.cwd(), home: process.env.HOME };

before(() => {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
  for (const folder of folders) mkdirSync(join(root, folder));
  for (const [link, target] of Object.entries(links)) symlinkSync(target, join(root, link));
  execFileSync(
    'mkfifo',
    pipes.map((pipe) => join(root, pipe)),
  );
  process.chdir(root);
  process.env.HOME = join(root, home);
});

after(() => {
  process.chdir(was.folder);
  if (was.home === undefined) delete process.env.HOME;
  else process.env.HOME = was.home;
});

async function foundBy(pattern: string): Promise<string[]> {
  try {
    return await filesMatching(pattern);
  } catch (error) {
    assert.ok(error instanceof StarlingError && error.code === 'E_NO_INPUT', `${pattern}: ${error}`);
    assert.equal(error.message, 'no file matches this pattern');
    return [];
  }
}

for (const [pattern, expected] of Object.entries(found)) {
  test(`a pattern matches these files in this order: ${JSON.stringify(pattern)}`, async () => {
    assert.deepEqual(
      await foundBy(pattern),
      expected.map((file) => file.replace('ROOT', root)),
    );
  });
}

test('an absolute pattern and one with file: give absolute paths', async () => {
  const expected = ['a/.hid.jsonl', 'a/1.jsonl'].map((file) => `${root}/${file}`);
  for (const before of ['', 'file:', 'file://', 'file://localhost'])
    assert.deepEqual(await foundBy(`${before}${root}/a/*`), expected);
  assert.deepEqual(
    await foundBy(`/${root}//a/*`),
    expected.map((file) => `/${file}`),
  );
});

test('patterns that failed in DuckDB or found nothing: ** twice, a pattern as the first folder, a URL', async () => {
  assert.deepEqual(
    await foundBy('**/b/**'),
    ['a/b/1.jsonl', 'a/b/2.jsonl', 'a/b/c/3.jsonl'].map((file) => `./${file}`),
  );
  assert.deepEqual(await foundBy('**/**/3.jsonl'), ['./a/b/c/3.jsonl']);
  const [, first, rest] = /^\/([^/]+)(.*)$/.exec(root) ?? [];
  assert.deepEqual(await foundBy(`/${first.slice(0, -1)}?${rest}/d1/*`), [`${root}/d1/5.jsonl`]);
  assert.deepEqual(await foundBy('s3://nowhere/*'), []);
});
