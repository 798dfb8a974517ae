import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortNames } from '../../../src/report/plots/short-names.js';

/** Pixels. */
const WIDTH = 140;

test('a name that fits stays, and a longer one is cut in the middle', () => {
  const names = ['gpt-4', 'Mixtral-8x7B-Instruct-v0.1_concise'];
  assert.deepEqual(shortNames(names, WIDTH), ['gpt-4', 'Mixtral-8x…_concise']);
});

test('names with equal ends are cut where they stay distinct', () => {
  const names = ['Llama-3.1-8B-Instruct-v2', 'Llama-3.2-8B-Instruct-v2', 'Llama-3.2-3B-Instruct-v2'];
  assert.equal(new Set(shortNames(names, WIDTH)).size, 3);
});

test('broad letters take more room, and no character is split', () => {
  const of = (letter: string) => [...shortNames([letter.repeat(100)], WIDTH)[0]].length;
  assert.ok(of('i') > of('W') && of('W') > of('漢'), `${of('i')} ${of('W')} ${of('漢')}`);
  assert.deepEqual(shortNames(['😀'.repeat(5)], 60), ['😀'.repeat(5)]);
  assert.deepEqual(shortNames(['😀'.repeat(9)], 60), ['😀😀…😀😀']);
});
