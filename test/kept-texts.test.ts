import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerTexts, promptText } from '../src/kept-texts.js';
import type { Ranking } from '../src/types.js';

const ranking: Ranking = { index: 0, prompt_id: 'p', scores: [1, 2], ranks: [2, 1], order: [1, 0], lengths: [1, 1] };

const having = (kept: object): Ranking => ({ ...ranking, ...kept });

test('texts of answers as they stand in the rows that people write', () => {
  assert.deepEqual(answerTexts(having({ answers: ['a', 'b'] })), ['a', 'b']);
  assert.deepEqual(answerTexts(having({ answers: [{ answer: 'a', rank: 1, text: 'x' }, { text: 'b' }] })), ['a', 'b']);
});

test('answers that are not one text each are none', () => {
  for (const answers of [undefined, 'ab', ['a'], ['a', 7], [null, 'b'], [{ answer: 1 }, 'b'], [{}, 'b']]) {
    assert.equal(answerTexts(having({ answers })), undefined, JSON.stringify(answers));
  }
});

test('the text of a prompt, from text or from turns', () => {
  assert.equal(promptText(having({ prompt: '\n\nHuman: x\n\nAssistant: ' })), 'Human: x\n\nAssistant:');
  const turns = [
    { role: 'system', content: 's' },
    { role: 'user', content: 'x' },
  ];
  for (const kept of [{ prompt: turns }, { messages: turns }, { conversation: turns }]) {
    assert.equal(promptText(having(kept)), 'system: s\n\nuser: x');
  }
  for (const kept of [{}, { prompt: 1 }, { messages: {} }]) assert.equal(promptText(having(kept)), undefined);
});

test('turns that no reader would take are no reason to fail', () => {
  const prompt = [null, 1, {}, { role: { toString: 1 }, content: [] }, { role: 'user', content: 'x' }];
  assert.equal(promptText(having({ prompt })), '\n\n\n\n: \n\n: \n\nuser: x');
});
