import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WordCache } from '../../../../src/encode/tokenizer-json/models/word-cache.js';
import { heapUsed } from '../../heap-used.js';

test('frequent words stay, however many others are added', () => {
  const cache = new WordCache(8);
  cache.set('always', [1]);
  for (let i = 0; i < 100; i++) {
    cache.set(`once ${i}`, [i]);
    assert.deepEqual(cache.get('always'), [1]);
  }
});

test('the cache keeps at most its capacity, and at least the last half of it', () => {
  const cache = new WordCache(8);
  for (let i = 0; i < 100; i++) cache.set(`word ${i}`, [i]);
  const kept = Array.from({ length: 100 }, (_, i) => cache.get(`word ${i}`)).flatMap((ids) => ids ?? []);
  assert.ok(kept.length <= 8);
  assert.deepEqual(kept.slice(-4), [96, 97, 98, 99]);
});

test('long words are not kept', () => {
  const cache = new WordCache(8);
  cache.set('a'.repeat(WordCache.LONGEST), [1]);
  cache.set('a'.repeat(WordCache.LONGEST + 1), [2]);
  assert.deepEqual(cache.get('a'.repeat(WordCache.LONGEST)), [1]);
  assert.equal(cache.get('a'.repeat(WordCache.LONGEST + 1)), undefined);
});

test('a cached word does not keep its text in memory, neither when new nor when repeated', () => {
  const cache = new WordCache(100);
  const wordOfText = (i: number) => `${i}${'-'.repeat(1e6)}`.slice(0, 20);
  const before = heapUsed();
  for (let i = 0; i < 50; i++) cache.set(wordOfText(i), [i]);
  for (let i = 0; i < 20; i++) cache.set(`other ${i}`, [i]);
  for (let i = 0; i < 25; i++) assert.deepEqual(cache.get(wordOfText(i)), [i]);
  assert.ok(heapUsed() - before < 5e6, `${heapUsed() - before} bytes`);
});
