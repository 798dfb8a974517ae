import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortNames } from '../../../src/report/plots/short-names.js';

test('a name that fits stays, one that does not is cut in the middle', () => {
  assert.deepEqual(shortNames(['gpt-4', 'Mixtral-8x7B-Instruct-v0.1_concise'], 17), ['gpt-4', 'Mixtral-8x…oncise']);
});

test('names that are alike at their ends are cut where they stay different', () => {
  const names = ['Llama-3.1-8B-Instruct', 'Llama-3.2-8B-Instruct', 'Llama-3.2-3B-Instruct'];
  const short = shortNames(names, 17);
  assert.equal(new Set(short).size, 3);
  for (const name of short) assert.ok([...name].length <= 17, name);
});

test('code points are counted, and none is torn', () => {
  assert.deepEqual(shortNames(['😀'.repeat(5)], 5), ['😀'.repeat(5)]);
  assert.deepEqual(shortNames(['😀'.repeat(9)], 5), ['😀😀…😀😀']);
});
