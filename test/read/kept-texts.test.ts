import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ranking } from '../../src/contracts/ranking.js';
import { keptFields } from '../../src/rank/kept-fields.js';
import { keptTexts } from '../../src/read/kept-texts.js';

const RANKING: Ranking = { index: 0, prompt_id: 'p', scores: [1, 2], ranks: [2, 1], order: [1, 0], lengths: [1, 1] };

/** A ranking that carries the fields of a row. */
const having = (record: Record<string, unknown>): Ranking => ({ ...RANKING, ...keptFields({ record }) });

const TEXTS = { conversation: [{ role: 'user', text: 'x' }], answers: ['a', 'b'] };

test('the texts are found in every shape of row', () => {
  const user = { role: 'user', content: 'x' };
  const reply = (content: string) => [user, { role: 'assistant', content }];
  for (const record of [
    { prompt: '\n\nHuman: x\n\nAssistant: ', answers: [{ answer: 'a', rank: 1, text: null }, { answer: 'b' }] },
    { instruction: 'x', completions: [{ response: 'a' }, { response: 'b' }], models: ['m', 'n'], scores: [1, 2] },
    { messages: [user], responses: ['a', 'b'] },
    { prompt: 'x', chosen: 'a', rejected: 'b' },
    { chosen: '\n\nHuman: x\n\nAssistant: a', rejected: '\n\nHuman: x\n\nAssistant: b' },
    { instruction: 'x', output_1: 'a', output_2: 'b', preference: 1 },
    { conversation_a: reply('a'), conversation_b: reply('b'), winner: 'model_a' },
  ]) {
    assert.deepEqual(keptTexts(having(record)), TEXTS, JSON.stringify(record));
  }
});

test('the texts are found in named fields', () => {
  const record = { q: 'x', out: { one: 'a', two: 'b' } };
  assert.deepEqual(keptTexts(having(record), { prompt: 'q', answers: 'out.one,out.two' }), TEXTS);
  assert.equal(keptTexts(having(record)), undefined);
});

test('a ranking that lacks texts of some answers counts as without texts', () => {
  const answers = ['a', 'b'];
  for (const record of [
    {},
    { prompt: 'x' },
    { answers },
    { prompt: 'x', answers: ['a'] },
    { prompt: 'x', answers: 'ab' },
    { prompt: 'x', answers: ['a', 7] },
    { prompt: { toString: 1 }, answers },
  ]) {
    assert.equal(keptTexts(having(record)), undefined, JSON.stringify(record));
  }
});
