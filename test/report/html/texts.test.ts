import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, cutFor, textsOf } from '../../../src/report/html/texts.js';
import type { Ranking } from '../../../src/types.js';

const ranking: Ranking = { index: 0, prompt_id: 'p', scores: [1, 2], ranks: [2, 1], order: [1, 0], lengths: [1, 1] };

test('texts as they stand in the rows that people write', () => {
  const answers = ['a', 'b'];
  for (const kept of [
    { prompt: '\n\nHuman: x\n\nAssistant: ', answers: [{ answer: 'a', rank: 1 }, { text: 'b' }] },
    { prompt: 'Human: x\n\nAssistant:', answers },
  ]) {
    assert.deepEqual(textsOf({ ...ranking, ...kept }), { prompt: 'Human: x\n\nAssistant:', answers });
  }
  const turns = [
    { role: 'system', content: 's' },
    { role: 'user', content: 'x' },
  ];
  for (const kept of [{ prompt: turns }, { messages: turns }, { conversation: turns }]) {
    assert.equal(textsOf({ ...ranking, ...kept, answers })?.prompt, 'system: s\n\nuser: x');
  }
});

test('a ranking without texts, or with texts that are not one an answer, has none', () => {
  for (const kept of [
    {},
    { prompt: 'x' },
    { answers: ['a', 'b'] },
    { prompt: 1, answers: ['a', 'b'] },
    { prompt: 'x', answers: ['a'] },
    { prompt: 'x', answers: ['a', 7] },
    { prompt: 'x', answers: [null, 'b'] },
  ]) {
    assert.equal(textsOf({ ...ranking, ...kept }), undefined, JSON.stringify(kept));
  }
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
