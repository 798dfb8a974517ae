import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError } from '../../src/contracts/errors.js';
import { rowsOf } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();

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

test('a missing or null field of a row is absent', async () => {
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

test('an id may be a number, and a source may be one string', async () => {
  const row = await only({ prompt: 'hi', answers: ['a'], id: 7, prompt_id: 12, source: 'birds' });
  assert.equal(row.id, 7);
  assert.equal(row.promptId, '12');
  assert.deepEqual(row.source, ['birds']);
});

test('the prompt id of a row without one is a hash of only roles and texts', async () => {
  const nectar = await only({ prompt: '\n\nHuman: hi\n\nAssistant:', answers: ['a'] });
  const list = await only({ answers: ['b', 'c'], id: 3, messages: [{ role: 'user', content: 'hi' }] });
  const other = await only({ prompt: 'hi ', answers: ['a'] });
  assert.equal(nectar.promptId, 'sha256:897be8e1f0370e7f');
  assert.equal(list.promptId, nectar.promptId);
  assert.notEqual(other.promptId, nectar.promptId);
});
