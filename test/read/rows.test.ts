import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/errors.js';
import { MAX_LINE_BYTES, rowsOf } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();
const GOOD = '{"prompt":"hi","answers":["a","b"]}';

async function only(record: object) {
  const [row, ...rest] = await rowsOf(folder.file(`${JSON.stringify(record)}\n`));
  assert.equal(rest.length, 0);
  assert.ok(row && !(row instanceof RowError), String(row));
  return row;
}

test('a row in the schema of Nectar', async () => {
  const record = {
    prompt: '\n\nHuman: What is a starling?\n\nAssistant: ',
    answers: [
      { answer: 'A bird.', model: 'm1', rank: 1.0, score: 8.5 },
      { answer: '', model: null, rank: null, score: null },
    ],
    turns: 1.0,
    num_responses: 2,
    source: ['birds', 'questions'],
    good_natured: true,
    id: 'r1',
    prompt_id: 'p1',
    extra: { kept: [1] },
  };
  const { place, ...row } = await only(record);
  assert.deepEqual(row, {
    index: 0,
    id: 'r1',
    promptId: 'p1',
    conversation: [{ role: 'user', text: 'What is a starling?' }],
    answers: [{ text: 'A bird.', model: 'm1', rank: 1, score: 8.5 }, { text: '' }],
    source: ['birds', 'questions'],
    turns: 1,
    goodNatured: true,
    record,
  });
  assert.deepEqual({ line: place.line, row: place.row, field: place.field }, { line: 1, row: 0, field: undefined });
});

test('what a row does not have, or has as null, is absent', async () => {
  const bare = await only({ prompt: 'hi', answers: ['a'] });
  const nulls = await only({
    prompt: 'hi',
    messages: null,
    answers: ['a'],
    id: null,
    prompt_id: null,
    source: null,
    turns: null,
    good_natured: null,
  });
  for (const row of [bare, nulls]) {
    assert.deepEqual(Object.keys(row).sort(), ['answers', 'conversation', 'index', 'place', 'promptId', 'record']);
  }
});

test('an answer is a string, or an object with its text in answer, else in text', async () => {
  const { answers } = await only({ prompt: 'hi', answers: ['a', { answer: 'b', text: 'x' }, { text: 'c' }] });
  assert.deepEqual(answers, [{ text: 'a' }, { text: 'b' }, { text: 'c' }]);
});

test('ids may be numbers, and one source need not be in a list', async () => {
  const row = await only({ prompt: 'hi', answers: ['a'], id: 7, prompt_id: 12, source: 'birds' });
  assert.equal(row.id, 7);
  assert.equal(row.promptId, '12');
  assert.deepEqual(row.source, ['birds']);
});

test('the prompt id of a row without one is a hash of roles and texts alone', async () => {
  const nectar = await only({ prompt: '\n\nHuman: hi\n\nAssistant:', answers: ['a'] });
  const list = await only({ answers: ['b', 'c'], id: 3, messages: [{ role: 'user', content: 'hi' }] });
  const other = await only({ prompt: 'hi ', answers: ['a'] });
  assert.equal(nectar.promptId, 'sha256:897be8e1f0370e7f');
  assert.equal(list.promptId, nectar.promptId);
  assert.notEqual(other.promptId, nectar.promptId);
});

const BAD: readonly { title: string; line: string | Buffer; code: string; field?: string; says?: RegExp }[] = [
  { title: 'no JSON', line: 'hello', code: 'E_JSON', says: /one JSON object a line/ },
  { title: 'no JSON, with control characters', line: '\x1b[2Jhello\r', code: 'E_JSON', says: /^[^\p{Cc}]+$/u },
  { title: 'JSON that ends early', line: '{"prompt":"hi",', code: 'E_JSON', says: /at column 16;/ },
  { title: 'two objects on a line', line: `${GOOD} ${GOOD}`, code: 'E_JSON', says: /at column 37;/ },
  { title: 'a NUL byte', line: '{"prompt":"\0"}', code: 'E_JSON', says: /at column 12;/ },
  { title: 'null', line: 'null', code: 'E_NOT_OBJECT', says: /found null/ },
  { title: 'an array', line: `[${GOOD}]`, code: 'E_NOT_OBJECT', says: /jq -c '\.\[\]'/ },
  { title: 'a number', line: '12', code: 'E_NOT_OBJECT', says: /found 12/ },
  { title: 'Latin-1', line: Buffer.from('{"prompt":"é"}', 'latin1'), code: 'E_UTF8', says: /byte 11 / },
  { title: 'a cut character', line: Buffer.from('"é😀').subarray(0, 6), code: 'E_UTF8', says: /byte 3 / },
  { title: 'an encoded surrogate', line: Buffer.from([0x22, 0xed, 0xa0, 0x80]), code: 'E_UTF8', says: /byte 1 / },
  {
    title: 'a long line',
    line: 'x'.repeat(MAX_LINE_BYTES + 1),
    code: 'E_LINE_TOO_LONG',
    says: /4096 bytes.*--max-line/,
  },
  { title: 'no prompt', line: '{"answers":["a"]}', code: 'E_PROMPT', field: 'prompt', says: /missing/ },
  { title: 'a null prompt', line: '{"prompt":null,"answers":["a"]}', code: 'E_PROMPT', field: 'prompt' },
  { title: 'an empty prompt', line: '{"prompt":"","answers":["a"]}', code: 'E_PROMPT', field: 'prompt', says: /empty/ },
  { title: 'a blank prompt', line: '{"prompt":" \\n","answers":["a"]}', code: 'E_PROMPT', field: 'prompt' },
  {
    title: 'a number as prompt',
    line: '{"prompt":5,"answers":["a"]}',
    code: 'E_PROMPT',
    field: 'prompt',
    says: /found 5/,
  },
  {
    title: 'a lone surrogate in a prompt',
    line: '{"prompt":"a\\ud83d","answers":["a"]}',
    code: 'E_FIELD',
    field: 'prompt',
    says: /\\ud83d/,
  },
  { title: 'a ranking', line: '{"scores":[1],"prompt_id":"p"}', code: 'E_SHAPE', says: /--scored/ },
  { title: 'no answers', line: '{"prompt":"hi"}', code: 'E_ANSWERS', field: 'answers', says: /found no answers/ },
  { title: 'an empty list of answers', line: '{"prompt":"hi","answers":[]}', code: 'E_ANSWERS', field: 'answers' },
  { title: 'a string as answers', line: '{"prompt":"hi","answers":"a"}', code: 'E_ANSWERS', field: 'answers' },
  { title: 'a null answer', line: '{"prompt":"hi","answers":["a",null]}', code: 'E_ANSWER', field: 'answers[1]' },
  { title: 'a number as answer', line: '{"prompt":"hi","answers":[3]}', code: 'E_ANSWER', field: 'answers[0]' },
  {
    title: 'an answer without text',
    line: '{"prompt":"hi","answers":[{"rank":1}]}',
    code: 'E_ANSWER',
    field: 'answers[0].answer',
  },
  {
    title: 'a null text',
    line: '{"prompt":"hi","answers":[{"answer":null,"text":"x"}]}',
    code: 'E_ANSWER',
    field: 'answers[0].answer',
  },
  {
    title: 'a number as text',
    line: '{"prompt":"hi","answers":[{"text":1}]}',
    code: 'E_ANSWER',
    field: 'answers[0].text',
  },
  {
    title: 'a lone surrogate in an answer',
    line: '{"prompt":"hi","answers":[{"answer":"\\udc00"}]}',
    code: 'E_FIELD',
    field: 'answers[0].answer',
  },
  {
    title: 'a lone surrogate in a plain answer',
    line: '{"prompt":"hi","answers":["a","\\udc00"]}',
    code: 'E_FIELD',
    field: 'answers[1]',
  },
  {
    title: 'a rank in a string',
    line: '{"prompt":"hi","answers":[{"answer":"a","rank":"1"}]}',
    code: 'E_LABEL',
    field: 'answers[0].rank',
  },
  {
    title: 'an infinite rank',
    line: '{"prompt":"hi","answers":[{"answer":"a","rank":1e999}]}',
    code: 'E_LABEL',
    field: 'answers[0].rank',
  },
  {
    title: 'a flag as score',
    line: '{"prompt":"hi","answers":["a",{"answer":"b","score":true}]}',
    code: 'E_LABEL',
    field: 'answers[1].score',
  },
  {
    title: 'a list as model',
    line: '{"prompt":"hi","answers":[{"answer":"a","model":[]}]}',
    code: 'E_FIELD',
    field: 'answers[0].model',
  },
  { title: 'an object as id', line: '{"prompt":"hi","answers":["a"],"id":{}}', code: 'E_FIELD', field: 'id' },
  {
    title: 'an id that JSON rounds',
    line: '{"prompt":"hi","answers":["a"],"prompt_id":9007199254740993}',
    code: 'E_FIELD',
    field: 'prompt_id',
  },
  { title: 'a number as source', line: '{"prompt":"hi","answers":["a"],"source":1}', code: 'E_FIELD', field: 'source' },
  {
    title: 'a null among sources',
    line: '{"prompt":"hi","answers":["a"],"source":["b",null]}',
    code: 'E_FIELD',
    field: 'source[1]',
  },
  { title: 'half a turn', line: '{"prompt":"hi","answers":["a"],"turns":1.5}', code: 'E_FIELD', field: 'turns' },
  {
    title: 'a string as flag',
    line: '{"prompt":"hi","answers":["a"],"good_natured":"true"}',
    code: 'E_FIELD',
    field: 'good_natured',
  },
];

for (const { title, line, code, field, says = /./ } of BAD) {
  test(`${title} is ${code}, located, and the rows around it are good`, async () => {
    const file = folder.file(
      Buffer.concat([Buffer.from(`${GOOD}\n\n`), Buffer.from(line), Buffer.from(`\n${GOOD}\n`)]),
    );
    const [first, error, last, ...rest] = await rowsOf(file);
    assert.ok(error instanceof RowError);
    assert.equal(error.code, code);
    assert.equal(error.exitCode, 1);
    const byte = `${GOOD}\n\n`.length;
    assert.deepEqual(error.place, { file, line: 3, byte, row: 1, ...(field !== undefined && { field }) });
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, /\n/);
    assert.deepEqual(
      [first, last].map((row) => row && 'index' in row && row.index),
      [0, 2],
    );
    assert.equal(rest.length, 0);
  });
}
