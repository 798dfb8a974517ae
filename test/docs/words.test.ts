import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { EXIT_CODES } from '../../src/contracts/exit-codes.js';
import { ROOT } from '../root.js';
import { commandsWithHelp } from './cli-reference.js';
import { anchorsOf, GUIDE, linksOf, type Page, README, readPage } from './pages.js';

const MOST_LINES = 200;
const MOST_WORDS = 1_800;
/** A path of the repository in the words of a page; NAME stands for a file that is to be made. */
const PATH = /`((?:src|test|docs|bin|fixtures|models)\/(?!.*NAME)[^`\s…]+)`/g;
/** Commands of other programs whose flags are of this form. */
const OTHERS = /^trl .*$/gm;
const FLAG = /(?<![\w-])--[a-z][a-z-]*/g;

const CARD = readPage('models/starling-rm-mini/README.md');
const CONTRIBUTING = readPage('CONTRIBUTING.md');
const ALL: readonly Page[] = [...GUIDE, CONTRIBUTING, CARD];
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

test(`the README has at most ${MOST_LINES} lines and ${MOST_WORDS} words`, () => {
  const lines = README.text.trimEnd().split('\n').length;
  const words = README.text.trim().split(/\s+/).length;
  assert.ok(lines <= MOST_LINES, `${lines} lines`);
  assert.ok(words <= MOST_WORDS, `${words} words`);
});

for (const page of ALL) {
  test(`${page.path}: every link leads to a file, and to a heading of it`, () => {
    for (const { target, anchor } of linksOf(page)) {
      assert.ok(existsSync(join(ROOT, target)), `${target} is not there`);
      if (anchor !== undefined) assert.ok(anchorsOf(readPage(target)).has(anchor), `${target} has no #${anchor}`);
    }
  });

  test(`${page.path}: every path and npm script that it names is there`, () => {
    for (const [, path] of page.text.matchAll(PATH)) assert.ok(existsSync(join(ROOT, path)), `${path} is not there`);
    for (const [, name] of page.text.matchAll(/npm run ([\w:]+)/g)) assert.ok(name in scripts, `npm run ${name}`);
  });
}

test('the pages name many paths', () => {
  const named = (page: Page) => [...page.text.matchAll(PATH)].length;
  assert.ok(named(readPage('docs/decisions.md')) > 40);
  assert.ok(named(CONTRIBUTING) > 20);
});

test('every page of docs can be reached from the README', () => {
  const reached = new Set<string>();
  const follow = (page: Page) => {
    reached.add(page.path);
    const pages = linksOf(page).filter(({ target }) => target.endsWith('.md') && !reached.has(target));
    for (const { target } of pages) follow(readPage(target));
  };
  follow(README);
  for (const { path } of GUIDE) assert.ok(reached.has(path), `no link leads to ${path}`);
});

test('every flag that the pages name is one of the command line', () => {
  const options = commandsWithHelp().commands.flatMap(({ options }) => options);
  const known = new Set(['--help', '--version', ...options.map(({ long }) => long)]);
  assert.ok(known.size > 40);
  for (const { path, text } of [...GUIDE, CARD]) {
    for (const flag of text.replaceAll(OTHERS, '').match(FLAG) ?? []) assert.ok(known.has(flag), `${path}: ${flag}`);
  }
});

test('docs/reliability.md has every error code, and no page has another', () => {
  const codes = (text: string) => new Set(text.match(/\bE_[A-Z0-9_]+/g));
  assert.deepEqual([...codes(readPage('docs/reliability.md').text)].sort(), Object.keys(EXIT_CODES).sort());
  for (const { path, text } of GUIDE) for (const code of codes(text)) assert.ok(code in EXIT_CODES, `${path}: ${code}`);
});
