import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { type RowOptions, readRows } from '../../src/read/rows.js';
import { collect } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();
const USER = { role: 'user', content: 'Hi' };
const reply = (content: string) => ({ role: 'assistant', content });

async function read(record: unknown, options: Partial<RowOptions> = {}) {
  const found: string[] = [];
  const inputs = await openInputs([folder.file(`${JSON.stringify(record)}\n`)]);
  const onFound = (text: string) => found.push(text);
  const [row] = await collect(readRows(inputs, { ...LIMITS, ...options, onFound }));
  return { row, found };
}

interface Case {
  title: string;
  record: unknown;
  turns?: string[];
  /** Text, model, rank and score of each. */
  answers: [string, string?, number?, number?][];
  found: string;
  fields?: RowOptions['fields'];
}

const CASES: readonly Case[] = [
  {
    title: 'UltraFeedback',
    record: {
      instruction: 'Hi',
      models: ['a', 'b'],
      completions: [
        { response: 'Hello!', model: 'a', overall_score: 7.5 },
        { response: 'Go.', model: 'b', overall_score: 2 },
      ],
    },
    answers: [
      ['Hello!', 'a', 1, 7.5],
      ['Go.', 'b', 2, 2],
    ],
    found: 'instruction and completions[].response, labels in overall_score',
  },
  {
    title: 'HH: whole transcripts',
    record: { chosen: '\n\nHuman: Hi\n\nAssistant: Hello!', rejected: '\n\nHuman: Hi\n\nAssistant: Go.' },
    answers: [
      ['Hello!', undefined, 1],
      ['Go.', undefined, 2],
    ],
    found: 'the turns before and the last replies of chosen, rejected',
  },
  {
    title: 'HH: several turns, and an answer with the text of a marker',
    record: {
      chosen: '\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d\n\nAssistant: e',
      rejected: '\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:',
    },
    turns: ['user:a', 'assistant:b', 'user:c'],
    answers: [
      ['d\n\nAssistant: e', undefined, 1],
      ['', undefined, 2],
    ],
    found: 'the turns before and the last replies of chosen, rejected',
  },
  {
    title: 'UltraFeedback binarized: the prompt occurs three times',
    record: {
      prompt: 'Hi',
      messages: [USER, reply('Hello!')],
      chosen: [USER, reply('Hello!')],
      rejected: [USER, reply('Go.')],
      score_chosen: 8,
      score_rejected: 3,
    },
    answers: [
      ['Hello!', undefined, 1, 8],
      ['Go.', undefined, 2, 3],
    ],
    found: 'the turns before and the last replies of chosen, rejected',
  },
  {
    title: 'a pair of replies to a list of turns',
    record: {
      prompt: [{ role: 'system', content: 'Be kind.' }, USER],
      chosen: [reply('Hello!')],
      rejected: [reply('Go.')],
    },
    turns: ['system:Be kind.', 'user:Hi'],
    answers: [
      ['Hello!', undefined, 1],
      ['Go.', undefined, 2],
    ],
    found: 'prompt and chosen, rejected',
  },
  {
    title: 'RewardBench',
    record: { prompt: 'Hi', chosen: 'Hello!', chosen_model: 'a', rejected: '\n\nHuman: Go.', rejected_model: 'b' },
    answers: [
      ['Hello!', 'a', 1],
      ['\n\nHuman: Go.', 'b', 2],
    ],
    found: 'prompt and chosen, rejected',
  },
  {
    title: 'RewardBench 2',
    record: { prompt: 'Hi', chosen: ['Hello!'], rejected: ['Go.', 'No.'], models: ['a', 'b', 'c'] },
    answers: [
      ['Hello!', 'a', 1],
      ['Go.', 'b', 2],
      ['No.', 'c', 2],
    ],
    found: 'prompt and chosen, rejected',
  },
  {
    title: "AlpacaEval's annotations",
    record: {
      instruction: 'Hi',
      output_1: 'Hello!',
      output_2: 'Go.',
      generator_1: 'a',
      generator_2: 'b',
      preference: 1.25,
    },
    answers: [
      ['Hello!', 'a', 1, 1.75],
      ['Go.', 'b', 2, 1.25],
    ],
    found: 'instruction and output_1, output_2, labels in preference',
  },
  {
    title: "a tie of AlpacaEval's first version, and no preference",
    record: { instruction: 'Hi', input: 'now', output_1: 'x', output_2: 'y', preference: 0 },
    turns: ['user:Hi\n\nnow'],
    answers: [
      ['x', undefined, 1, 1.5],
      ['y', undefined, 1, 1.5],
    ],
    found: 'instruction + input and output_1, output_2, labels in preference',
  },
  {
    title: 'an arena battle',
    record: {
      model_a: 'a',
      model_b: 'b',
      winner: 'model_b',
      conversation_a: [USER, reply('x')],
      conversation_b: [USER, reply('y')],
    },
    answers: [
      ['x', 'a', 2],
      ['y', 'b', 1],
    ],
    found: 'the turns before and the last replies of conversation_a, conversation_b, labels in winner',
  },
  {
    title: 'messages and responses',
    record: { messages: [{ role: 'system', content: 'Be kind.' }, USER], responses: ['x', 'y'] },
    turns: ['system:Be kind.', 'user:Hi'],
    answers: [['x'], ['y']],
    found: 'messages and responses[]',
  },
  {
    title: 'a bare list of strings',
    record: ['Hi', 'x', 'y'],
    answers: [['x'], ['y']],
    found: 'prompt and answers[]',
  },
  {
    title: 'ShareGPT',
    record: {
      conversations: [
        { from: 'human', value: 'Hi' },
        { from: 'gpt', value: 'x' },
      ],
    },
    answers: [['x']],
    found: 'conversations and its last reply',
  },
  {
    title: 'a system field beside a prompt, content in parts',
    record: {
      system: 'Be kind.',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      response: 'x',
    },
    turns: ['system:Be kind.', 'user:Hi'],
    answers: [['x']],
    found: 'system + messages and response',
  },
  {
    title: 'named fields, nested fields, labels beside the answers',
    record: { q: { text: 'Hi' }, gens: ['x', 'y'], loss: [0.5, 0.25] },
    fields: { prompt: 'q.text', answers: 'gens', label: 'loss', lowerIsBetter: true },
    answers: [
      ['x', undefined, 0.5],
      ['y', undefined, 0.25],
    ],
    found: 'q.text and gens[], labels in loss',
  },
  {
    title: 'a named label in place of the usual one',
    record: {
      prompt: 'Hi',
      answers: [
        { answer: 'x', rank: 1, help: 3 },
        { answer: 'y', rank: 2, help: 4 },
      ],
    },
    fields: { label: 'help' },
    answers: [
      ['x', undefined, 2, 3],
      ['y', undefined, 1, 4],
    ],
    found: 'prompt and answers[].answer, labels in help',
  },
  {
    title: 'an object with the answer of each model, and an object of labels',
    record: { prompt: 'Hi', answers: { a: 'x', b: null, c: { text: 'y', rank: 5 } }, ratings: { c: 1, a: 4 } },
    fields: { label: 'ratings' },
    answers: [
      ['x', 'a', 1, 4],
      ['y', 'c', 2, 1],
    ],
    found: 'prompt and answers[], labels in ratings',
  },
  {
    title: 'answers, models and labels in columns, of which one holds no answer',
    record: { q: 'Hi', a: 'x', b: null, c: '', ma: 'm', mb: 'n', mc: null, ra: 2, rb: null, rc: 1 },
    fields: { prompt: 'q', answers: 'a,b,c', model: 'ma,mb,mc', label: 'ra, rb, rc', lowerIsBetter: true },
    answers: [
      ['x', 'm', 2],
      ['', undefined, 1],
    ],
    found: 'q and a, b, c, labels in ra, rb, rc',
  },
  {
    title: 'fields in answers by names',
    record: {
      prompt: 'Hi',
      sys: { text: 'Be kind.' },
      system: 'Be rude.',
      answers: [
        { out: { said: 'x' }, text: 'no', by: 'm', model: 'no' },
        { out: { said: 'y' }, by: null },
      ],
    },
    fields: { system: 'sys.text', answerText: 'out.said', model: 'by' },
    turns: ['system:Be kind.', 'user:Hi'],
    answers: [['x', 'm'], ['y']],
    found: 'sys.text + prompt and answers[].out.said',
  },
  {
    title: 'a winner by its field, and models in a list beside',
    record: { prompt: 'Hi', one: 'x', two: 'y', winner: 'Two', by: ['m', 'n'] },
    fields: { answers: 'one,two', label: 'winner', model: 'by' },
    answers: [
      ['x', 'm', 2],
      ['y', 'n', 1],
    ],
    found: 'prompt and one, two, labels in winner',
  },
  {
    title: 'one answer with its label beside it: HelpSteer, HelpSteer2',
    record: { prompt: 'Hi', response: 'x', helpfulness: 3, correctness: 4 },
    fields: { label: 'helpfulness' },
    answers: [['x', undefined, 1, 3]],
    found: 'prompt and response, labels in helpfulness',
  },
  {
    title: 'HelpSteer2, preference',
    record: { split: 'val', prompt: 'Hi', response_1: 'x', response_2: 'y', preference_strength: 2 },
    answers: [
      ['x', undefined, 2],
      ['y', undefined, 1],
    ],
    found: 'prompt and response_1, response_2, labels in preference_strength',
  },
  {
    title: 'HelpSteer3, preference',
    record: {
      domain: 'general',
      context: [USER, reply('a'), { role: 'user', content: 'b' }],
      response1: 'x',
      response2: 'y',
      overall_preference: -1,
    },
    turns: ['user:Hi', 'assistant:a', 'user:b'],
    answers: [
      ['x', undefined, 1],
      ['y', undefined, 2],
    ],
    found: 'context and response1, response2, labels in overall_preference',
  },
  {
    title: 'PKU-SafeRLHF',
    record: {
      prompt: 'Hi',
      response_0: 'x',
      response_1: 'y',
      response_0_source: 'a',
      response_1_source: 'b',
      is_response_0_safe: true,
      better_response_id: 1,
      safer_response_id: 0,
    },
    answers: [
      ['x', 'a', 2],
      ['y', 'b', 1],
    ],
    found: 'prompt and response_0, response_1, labels in better_response_id',
  },
  {
    title: 'Skywork preference: whole conversations',
    record: { chosen: [USER, reply('x')], rejected: [USER, reply('y')], source: 'somewhere' },
    answers: [
      ['x', undefined, 1],
      ['y', undefined, 2],
    ],
    found: 'the turns before and the last replies of chosen, rejected',
  },
  {
    title: 'UltraFeedback binarized by Argilla',
    record: { instruction: 'Hi', chosen_response: 'x', rejected_response: 'y', chosen_model: 'a', rejected_model: 'b' },
    answers: [
      ['x', 'a', 1],
      ['y', 'b', 2],
    ],
    found: 'instruction and chosen_response, rejected_response, labels in chosen_response',
  },
  {
    title: "choices of OpenAI's API, to which the request was added",
    record: {
      messages: [USER],
      model: 'm',
      choices: [
        { index: 0, message: reply('x'), finish_reason: 'stop' },
        { index: 1, message: reply('y') },
      ],
    },
    answers: [
      ['x', 'm'],
      ['y', 'm'],
    ],
    found: 'messages and choices[].message.content',
  },
  {
    title: "ShareGPT's pairs: conversations and two replies",
    record: {
      conversations: [{ from: 'human', value: 'Hi' }],
      chosen: { from: 'gpt', value: 'x' },
      rejected: { from: 'gpt', value: 'y' },
    },
    answers: [
      ['x', undefined, 1],
      ['y', undefined, 2],
    ],
    found: 'conversations and chosen, rejected',
  },
  {
    title: 'an arena battle with conversations as JSON',
    record: {
      conversation_a: JSON.stringify([USER, reply('x')]),
      conversation_b: JSON.stringify([USER, reply('y')]),
      winner: 'tie (bothbad)',
    },
    answers: [
      ['x', undefined, 1],
      ['y', undefined, 1],
    ],
    found: 'the turns before and the last replies of conversation_a, conversation_b, labels in winner',
  },
  {
    title: 'an arena battle as lists of texts',
    record: {
      prompt: '["Hi"]',
      response_a: '["x"]',
      response_b: '["y"]',
      model_a: 'a',
      model_b: 'b',
      winner_model_a: 0,
      winner_model_b: 1,
      winner_tie: 0,
    },
    answers: [
      ['x', 'a', 2],
      ['y', 'b', 1],
    ],
    found: 'prompt and response_a, response_b, labels in winner',
  },
  {
    title: 'a tulu preference mixture: a prompt, and whole conversations',
    record: {
      id: 'i',
      prompt: 'Hi',
      chosen: [
        { content: 'Hi', role: 'user' },
        { content: 'x', role: 'assistant' },
      ],
      rejected: [
        { content: 'Hi', role: 'user' },
        { content: 'y', role: 'assistant' },
      ],
      source: 'somewhere',
    },
    answers: [
      ['x', undefined, 1],
      ['y', undefined, 2],
    ],
    found: 'the turns before and the last replies of chosen, rejected',
  },
  {
    title: 'Nectar, as its card and its early revisions have it: num_response, whole ranks, a second column of prompts',
    record: {
      prompt: '\n\nHuman: Hi\n\nAssistant: ',
      sanitized_prompt: 'Hi',
      answers: [
        { answer: 'x', model: 'a', rank: 1 },
        { answer: 'y', model: 'a', rank: 2 },
      ],
      turns: 1,
      num_response: 2,
      source: ['s'],
      good_natured: true,
    },
    answers: [
      ['x', 'a', 1],
      ['y', 'a', 2],
    ],
    found: 'prompt and answers[].answer, labels in rank',
  },
];

for (const { title, record, turns = ['user:Hi'], answers, found, fields } of CASES) {
  test(`shape: ${title}`, async () => {
    const { row, found: described } = await read(record, { fields });
    assert.ok(row && !(row instanceof RowError), String(row));
    assert.deepEqual(
      row.conversation.map(({ role, text }) => `${role}:${text}`),
      turns,
    );
    assert.deepEqual(
      row.answers.map(({ text, model, rank, score }) => [text, model, rank, score]),
      answers.map(([text, model, rank, score]) => [text, model, rank, score]),
    );
    assert.deepEqual(described, [found]);
  });
}

const REFUSED: readonly { title: string; record: unknown; code: string; field?: string; says: RegExp }[] = [
  {
    title: 'nothing known',
    record: { foo: 1, bar: 2 },
    code: 'E_SHAPE',
    says: /the fields foo, bar, expected .*--prompt-field/,
  },
  { title: 'no fields', record: {}, code: 'E_SHAPE', says: /found no fields/ },
  {
    title: 'transcripts of two prompts',
    record: { chosen: '\n\nHuman: a\n\nAssistant: x', rejected: '\n\nHuman: b\n\nAssistant: y' },
    code: 'E_PROMPT',
    field: 'rejected',
    says: /differ before their last reply/,
  },
  {
    title: 'a transcript without a reply',
    record: { chosen: '\n\nHuman: a', rejected: '\n\nHuman: a\n\nAssistant: y' },
    code: 'E_PROMPT',
    field: 'chosen',
    says: /no "\\n\\nAssistant:"/,
  },
  {
    title: 'a pair without a prompt',
    record: { chosen: 'x', rejected: 'y' },
    code: 'E_PROMPT',
    field: 'prompt',
    says: /missing/,
  },
  {
    title: 'a preference out of range',
    record: { instruction: 'Hi', output_1: 'x', output_2: 'y', preference: 3 },
    code: 'E_LABEL',
    field: 'preference',
    says: /found 3/,
  },
  {
    title: 'an unknown winner',
    record: { winner: 'c', conversation_a: [USER, reply('x')], conversation_b: [USER, reply('y')] },
    code: 'E_LABEL',
    field: 'winner',
    says: /"c"/,
  },
  {
    title: 'an image',
    record: { messages: [{ role: 'user', content: [{ type: 'image_url' }] }], responses: ['x'] },
    code: 'E_PROMPT',
    field: 'messages[0].content[0]',
    says: /image_url/,
  },
  {
    title: 'an answer that includes turns before it',
    record: { prompt: 'Hi', answers: [[USER, reply('x')]] },
    code: 'E_ANSWER',
    field: 'answers[0]',
    says: /turns before/,
  },
  {
    title: 'an object without answers',
    record: { prompt: 'Hi', answers: { a: null } },
    code: 'E_ANSWERS',
    field: 'answers',
    says: /found an object, .*the answer of each model/,
  },
  {
    title: 'a better response that is not there',
    record: { prompt: 'Hi', response_0: 'x', response_1: 'y', better_response_id: 2 },
    code: 'E_LABEL',
    field: 'better_response_id',
    says: /found 2, expected 0 or 1/,
  },
  {
    title: 'a winner that is none of the answers',
    record: { prompt: 'Hi', answer_a: 'x', answer_b: 'y', winner: 'the first' },
    code: 'E_LABEL',
    field: 'winner',
    says: /answer_a or answer_b, A or B, or tie/,
  },
  {
    title: 'one of two answers missing',
    record: { prompt: 'Hi', response_a: 'x', response_b: null },
    code: 'E_ANSWER',
    field: 'response_b',
    says: /found null/,
  },
  {
    title: 'an arena battle whose conversation is no list',
    record: { conversation_a: '{', conversation_b: '[]', winner: 'a' },
    code: 'E_PROMPT',
    field: 'conversation_a',
    says: /expected a list, or a list as JSON/,
  },
];

for (const { title, record, code, field, says } of REFUSED) {
  test(`refused: ${title}`, async () => {
    const { row } = await read(record);
    assert.ok(row instanceof RowError, 'a row that should be refused');
    assert.equal(row.code, code);
    assert.equal(row.place.field, field);
    assert.match(row.message, says);
    assert.deepEqual(row.refused, { text: JSON.stringify(record) });
  });
}

test('a row with more answers than allowed is refused', async () => {
  const { row } = await read({ prompt: 'Hi', answers: ['a', 'b', 'c'] }, { maxAnswers: 2 });
  assert.ok(row instanceof RowError);
  assert.match(String(row), /E_ANSWERS: .*found 3 answers.*--max-answers/);
});

test('with a prompt that is read as text, a reply that begins with it is kept whole', async () => {
  const prompt = '\n\nHuman: Hi\n\nAssistant:';
  const record = { prompt, chosen: `${prompt} Hello!`, rejected: `${prompt} Go.` };
  const answersOf = async (options: Partial<RowOptions>) => {
    const { row } = await read(record, options);
    assert.ok(!(row instanceof RowError), String(row));
    return row.answers.map(({ text }) => text);
  };
  assert.deepEqual(await answersOf({}), ['Hello!', 'Go.']);
  assert.deepEqual(await answersOf({ fields: { promptFormat: 'text' } }), [record.chosen, record.rejected]);
});
