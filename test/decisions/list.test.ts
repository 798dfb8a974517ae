import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../root.js';

interface Entry {
  library: string;
  version: string;
  /** The file with the workaround. */
  file: string;
  test: string;
}

const TESTS = join(ROOT, 'test/decisions');
const ROW = /^\| (@?[\w/-]+) (\S+) \| .* \| `(src\/[^`]+)` \| (.+) \|$/;

const text = readFileSync(join(ROOT, 'docs/decisions.md'), 'utf8');
const [, list = ''] = text.split('\n## Worked around in libraries\n');
const rows = list
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2);
const entries: Entry[] = rows.map((row) => {
  const [, library, version, file, test] = ROW.exec(row) ?? [];
  assert.ok(test, `expected | library version | what | \`src/…\` | test |, found ${row}`);
  return { library, version, file, test };
});
const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const titles = readdirSync(TESTS)
  .filter((name) => name !== 'list.test.ts')
  .flatMap((name) => [...readFileSync(join(TESTS, name), 'utf8').matchAll(/^test\(\s*(['"`])(.*?)\1,/gms)])
  .map(([, , title]) => title);

test('every workaround in docs/decisions.md names the installed version, a file and a test', () => {
  assert.ok(entries.length > 30);
  for (const { library, version, file, test: title } of entries) {
    assert.equal(version, dependencies[library], `${library}: check whether this version still needs the workaround`);
    assert.ok(existsSync(join(ROOT, file)), `${file} is not there`);
    assert.ok(titles.includes(title), `no test in test/decisions is called: ${title}`);
  }
});

test('every test of test/decisions is in the list of docs/decisions.md once', () => {
  assert.deepEqual(entries.map(({ test: title }) => title).sort(), titles.sort());
});
