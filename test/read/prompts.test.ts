import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/errors.js';
import { promptOf } from '../../src/read/shapes/prompt.js';

const PLACE = { file: 'f', line: 1, row: 0 };

const PROMPTS: readonly { title: string; prompt: unknown; turns: string[] }[] = [
  { title: 'one turn', prompt: '\n\nHuman: a\n\nAssistant:', turns: ['user:a'] },
  { title: 'a space after the last marker', prompt: '\n\nHuman: a\n\nAssistant: ', turns: ['user:a'] },
  { title: 'no last marker', prompt: '\n\nHuman: a', turns: ['user:a'] },
  {
    title: 'three turns',
    prompt: '\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:',
    turns: ['user:a', 'assistant:b', 'user:c'],
  },
  {
    title: 'one space belongs to the marker, other white space to the text',
    prompt: '\n\nHuman:  a\n \n\nAssistant:\tb \n\nHuman:c\n\n\nAssistant:',
    turns: ['user: a\n ', 'assistant:\tb ', 'user:c\n'],
  },
  {
    title: 'a silent assistant has no turn, a silent user has',
    prompt: '\n\nHuman: a\n\nAssistant: \n\nHuman: \n\nAssistant:',
    turns: ['user:a', 'user:'],
  },
  {
    title: 'the second of two assistant markers is text',
    prompt: '\n\nHuman: a\n\nAssistant: b\n\nAssistant: c\n\nHuman: d\n\nAssistant:',
    turns: ['user:a', 'assistant:b\n\nAssistant: c', 'user:d'],
  },
  { title: 'leading line breaks lost', prompt: 'Human: a\n\nAssistant:', turns: ['user:a'] },
  { title: 'no marker: verbatim', prompt: ' Human: a?\nAssistant: ', turns: ['user: Human: a?\nAssistant: '] },
  {
    title: 'a list of turns: verbatim',
    prompt: [
      { role: 'system', content: '' },
      { role: 'user', content: ' a\n\nHuman: b ' },
    ],
    turns: ['system:', 'user: a\n\nHuman: b '],
  },
];

for (const { title, prompt, turns } of PROMPTS) {
  test(`prompt: ${title}`, () => {
    const { conversation } = promptOf({ prompt }, PLACE);
    assert.deepEqual(
      conversation.map(({ role, text }) => `${role}:${text}`),
      turns,
    );
  });
}

for (const field of ['messages', 'conversation']) {
  test(`turns may stand in ${field}`, () => {
    const list = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ];
    const turns = list.map(({ role, content }) => ({ role, text: content }));
    assert.deepEqual(promptOf({ [field]: list }, PLACE).conversation, turns);
  });
}

const USER = { role: 'user', content: 'a' };

const REFUSED: readonly { title: string; record: Record<string, unknown>; field: string; code?: string }[] = [
  { title: 'text before the first turn', record: { prompt: 'Look:\n\nHuman: a\n\nAssistant:' }, field: 'prompt' },
  { title: 'an assistant who begins', record: { prompt: '\n\nAssistant: a\n\nHuman: b' }, field: 'prompt' },
  { title: 'an assistant who has answered', record: { prompt: '\n\nHuman: a\n\nAssistant: b' }, field: 'prompt' },
  { title: 'silence', record: { prompt: '\n\nHuman: \n\nAssistant: ' }, field: 'prompt' },
  { title: 'text where turns belong', record: { messages: 'a' }, field: 'messages' },
  { title: 'no turns', record: { messages: [] }, field: 'messages' },
  { title: 'blank turns', record: { messages: [{ role: 'user', content: ' ' }] }, field: 'messages' },
  { title: 'a string among turns', record: { messages: [USER, 'b'] }, field: 'messages[1]' },
  { title: 'an unknown role', record: { messages: [{ role: 'narrator', content: 'a' }] }, field: 'messages[0].role' },
  { title: 'a turn without content', record: { conversation: [{ role: 'user' }] }, field: 'conversation[0].content' },
  {
    title: 'a last turn of the assistant',
    record: { prompt: [USER, { role: 'assistant', content: 'b' }] },
    field: 'prompt[1].role',
  },
  {
    title: 'a last turn of the system',
    record: { messages: [{ role: 'system', content: 'b' }] },
    field: 'messages[0].role',
  },
  { title: 'two prompts', record: { prompt: 'a', messages: [USER] }, field: 'messages' },
  {
    title: 'a lone surrogate',
    record: { messages: [{ role: 'user', content: '\ud800' }] },
    field: 'messages[0].content',
    code: 'E_FIELD',
  },
];

for (const { title, record, field, code = 'E_PROMPT' } of REFUSED) {
  test(`refused prompt: ${title}`, () => {
    assert.throws(
      () => promptOf(record, PLACE),
      (error) => {
        assert.ok(error instanceof RowError);
        assert.equal(error.code, code);
        assert.deepEqual(error.place, { ...PLACE, field });
        return true;
      },
    );
  });
}
