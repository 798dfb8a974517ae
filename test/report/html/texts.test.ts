import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, cutFor, textsOf } from '../../../src/report/html/texts.js';
import type { Ranking } from '../../../src/types.js';

const ranking: Ranking = { index: 0, prompt_id: 'p', scores: [1, 2], ranks: [2, 1], order: [1, 0], lengths: [1, 1] };

test('a row has its texts only if the ranking carries all of them', () => {
  const texts = { prompt: 'x', answers: ['a', 'b'] };
  const { prompt, answers } = texts;
  assert.deepEqual(textsOf({ ...ranking, ...texts }), texts);
  for (const kept of [{}, { prompt }, { answers }]) assert.equal(textsOf({ ...ranking, ...kept }), undefined);
});

test('a text is cut at code points, and says how many are left', () => {
  assert.deepEqual(cut('😀😀😀', 2), { shown: '😀😀', left: 1 });
  assert.deepEqual(cut('😀😀', 2), { shown: '😀😀', left: 0 });
  assert.deepEqual(cut('abc', 3), { shown: 'abc', left: 0 });
});

test('all texts together fit in the bytes they have, as they are written in the page', () => {
  assert.equal(cutFor(['abc'], 10), 3000);
  const quotes = Array.from({ length: 100 }, () => '"'.repeat(5000));
  const most = cutFor(quotes, 600_000);
  assert.ok(most > 0 && 100 * most * '&quot;'.length <= 600_000, `${most}`);
  assert.equal(cutFor(quotes, 10), 0);
});
