import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../root.js';
import { readPage } from './pages.js';

/** What the table must have a row of. */
const FAULTS: readonly RegExp[] = [
  /killed/,
  /power/,
  /disk is full/,
  /partial` is moved or removed/,
  /partial` is replaced/,
  /input is cut/,
  /input grows/,
  /input is replaced/,
  /reader of a pipe/,
  /writer of a pipe/,
  /SIGTERM/,
  /signal again/,
  /worker runs out of memory/,
  /refuses a row/,
  /NaN/,
  /clock/,
  /cannot be written to/,
  /two runs/,
  /no file can be opened/,
];

const TITLE = /^ *test\(\s*(['"`])(.*?)\1,/gms;
const INSERTED = /\$\{[^}]*\}/;

/** One pattern a test; what a title gets from a list of cases may be anything. */
const titles = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .flatMap((name) => [...readFileSync(join(ROOT, 'test', name), 'utf8').matchAll(TITLE)])
  .map(([, , title]) => new RegExp(`^${title.split(INSERTED).map(escaped).join('.+')}$`));

const [, section = ''] = readPage('docs/reliability.md').text.split('\n## When a run stops\n');
const rows = section
  .split('\n## ')[0]
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2)
  .map((line) => line.slice(2, -2).split(' | '));

test('every fault in docs/reliability.md names what happens, what is kept, what to do, and a test', () => {
  assert.ok(titles.length > 800);
  for (const [fault, ...cells] of rows) {
    assert.equal(cells.length, 4, fault);
    const title = cells[3];
    assert.ok(
      titles.some((one) => one.test(title)),
      `no test is called: ${title}`,
    );
  }
});

test('the table of faults has a row for each kind of fault', () => {
  for (const fault of FAULTS) assert.equal(rows.filter(([name]) => fault.test(name)).length, 1, `${fault}`);
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
