import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginning, cutFor, leftAfter, textsOf } from '../../../src/report/html/texts.js';
import type { Ranking } from '../../../src/types.js';

const ranking: Ranking = { index: 0, prompt_id: 'p', scores: [1, 2], ranks: [2, 1], order: [1, 0], lengths: [1, 1] };

test('a row has its texts only if the ranking carries all of them', () => {
  const texts = { prompt: 'x', answers: ['a', 'b'] };
  const { prompt, answers } = texts;
  assert.deepEqual(textsOf({ ...ranking, ...texts }), texts);
  for (const kept of [{}, { prompt }, { answers }]) assert.equal(textsOf({ ...ranking, ...kept }), undefined);
});

test('a text is cut at code points, and what is left is counted in them', () => {
  for (const [text, most, shown, left] of [
    ['😀😀😀', 2, '😀😀', 1],
    ['😀😀', 2, '😀😀', 0],
    ['a😀b😀', 3, 'a😀b', 1],
    ['abc', 3, 'abc', 0],
    ['abc', 0, '', 3],
  ] as const) {
    assert.equal(beginning(text, most), shown);
    assert.equal(leftAfter(shown, text), left);
  }
});

test('all texts together fit in the bytes they have, as they are written in the page', () => {
  assert.equal(cutFor(['abc'], 10), 3000);
  const quotes = Array.from({ length: 100 }, () => '"'.repeat(5000));
  const most = cutFor(quotes, 600_000);
  assert.ok(most > 0 && 100 * most * '&quot;'.length <= 600_000, `${most}`);
  assert.equal(cutFor(quotes, 10), 0);
});
