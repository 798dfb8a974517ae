import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Turn } from '../../src/contracts/row.js';
import { makeTemplate, separatorOf } from '../../src/template/templates.js';

const QUESTION: Turn[] = [{ role: 'user', text: 'Q' }];
const template = (name: string) => makeTemplate({ name, system: null, trim: false });

test('a pair is CLS, the prompt, the separator, the answer and its end', () => {
  const { prompt, answer } = template('pair');
  assert.deepEqual(
    [...prompt(QUESTION), ...answer('A', QUESTION)],
    [{ text: 'Q' }, { special: '[SEP]' }, { text: 'A' }, { special: '[SEP]' }],
  );
  const roberta = template('pair-roberta');
  const end = { special: '</s>' };
  assert.deepEqual(
    [...roberta.prompt(QUESTION), ...roberta.answer('A', QUESTION)],
    [{ text: 'Q' }, end, end, { text: 'A' }, end],
  );
});

test('only templates with two types of tokens have a separator', () => {
  assert.equal(separatorOf(template('pair')), '[SEP]');
  assert.equal(separatorOf(template('pair-roberta')), undefined);
  assert.equal(separatorOf(template('chatml')), undefined);
});

test('a pair refuses further turns', () => {
  const { prompt } = template('pair');
  for (const roles of [['system', 'user'], ['user', 'assistant', 'user'], ['assistant'], []] as const) {
    assert.throws(
      () => prompt(roles.map((role) => ({ role, text: 'x' }))),
      /E_PROMPT: field conversation: a pair of texts has no place/,
    );
  }
});

test('a system turn for every row is refused before the first one', () => {
  for (const name of ['pair', 'pair-roberta']) {
    for (const system of ['Be kind.', '']) {
      assert.throws(
        () => makeTemplate({ name, system, trim: false }),
        new RegExp(`E_TEMPLATE: the template ${name} joins .* no place for a system turn; drop --system`),
      );
    }
  }
});
