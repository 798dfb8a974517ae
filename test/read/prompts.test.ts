import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import { PROMPT_FORMATS, type PromptFormat } from '../../src/read/shapes/dialogue-text.js';
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
    title: 'an empty assistant turn is dropped, an empty user turn is kept',
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
    assert.deepEqual(turnsOf({ prompt }), turns);
  });
}

function turnsOf(record: Record<string, unknown>, format?: PromptFormat): string[] {
  return promptOf(record, PLACE, { promptFormat: format }).conversation.map(({ role, text }) => `${role}:${text}`);
}

/** Ambiguous prompts, and the turns that `auto` reads; `undefined` for an error. */
const NEAR_MISSES: readonly { prompt: string; auto?: 'text' }[] = [
  { prompt: 'Go on with the play:\n\nAssistant: Tea, Sir?\n\nBoss: No.', auto: 'text' },
  { prompt: 'Who speaks here?\n\nAssistant: Hello.\n\nAssistant: Are you there?', auto: 'text' },
  { prompt: 'You are kind.\n\nHuman: a\n\nAssistant:' },
  { prompt: 'a\n\nAssistant: b\n\nHuman: c\n\nAssistant:' },
  { prompt: 'a\n\nAssistant: ' },
  { prompt: '\n\nAssistant: a\n\nBoss: b' },
  { prompt: 'Chromosomes:\n\nHuman: 46\n\nDog: 78' },
  { prompt: '\n\nHuman: a\n\nAssistant: b' },
];

for (const { prompt, auto } of NEAR_MISSES) {
  test(`near miss: ${JSON.stringify(prompt)}`, () => {
    assert.deepEqual(turnsOf({ prompt }, 'text'), [`user:${prompt}`]);
    const refused = { name: 'RowError', code: 'E_PROMPT', message: /--prompt-format text/ };
    assert.throws(() => turnsOf({ prompt }, 'dialogue'), refused);
    for (const format of [undefined, 'auto'] as const) {
      if (auto === 'text') assert.deepEqual(turnsOf({ prompt }, format), [`user:${prompt}`]);
      else assert.throws(() => turnsOf({ prompt }, format), refused);
    }
  });
}

test('auto and dialogue read dialogues alike, and text reads them verbatim; dialogue refuses other text', () => {
  for (const { prompt, turns } of PROMPTS) {
    assert.deepEqual(turnsOf({ prompt }, 'auto'), turns);
    if (typeof prompt === 'string') assert.deepEqual(turnsOf({ prompt }, 'text'), [`user:${prompt}`]);
  }
  const dialogue = '\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:';
  assert.deepEqual(turnsOf({ prompt: dialogue }, 'dialogue'), ['user:a', 'assistant:b', 'user:c']);
  assert.deepEqual(turnsOf({ question: 'Human: a' }, 'dialogue'), ['user:a']);
  assert.throws(() => turnsOf({ prompt: 'a' }, 'dialogue'), /the prompt is not a dialogue: it has no "\\n\\nHuman:"/);
  const turns = [{ role: 'user', content: dialogue }];
  for (const format of PROMPT_FORMATS) assert.deepEqual(turnsOf({ messages: turns }, format), [`user:${dialogue}`]);
});

test('a prompt that is read as text with a marker inside is reported', () => {
  const marked = 'a\n\nAssistant: b';
  assert.equal(promptOf({ prompt: marked }, PLACE).found, 'prompt (text with "\\n\\nAssistant:" inside)');
  assert.equal(promptOf({ prompt: marked }, PLACE, { promptFormat: 'text' }).found, 'prompt');
  assert.match(promptOf({ instruction: marked, input: 'c' }, PLACE).found, /^instruction \+ input \(text/);
});

for (const field of ['messages', 'conversation']) {
  test(`turns may be in ${field}`, () => {
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
  {
    title: 'a dialogue that begins with the assistant',
    record: { prompt: '\n\nAssistant: a\n\nHuman: b' },
    field: 'prompt',
  },
  {
    title: 'a dialogue that ends with an assistant turn',
    record: { prompt: '\n\nHuman: a\n\nAssistant: b' },
    field: 'prompt',
  },
  { title: 'a dialogue of empty turns', record: { prompt: '\n\nHuman: \n\nAssistant: ' }, field: 'prompt' },
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
