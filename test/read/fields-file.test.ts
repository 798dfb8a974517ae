import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowError, StarlingError } from '../../src/contracts/errors.js';
import { FIELD_KEYS, fieldsFileText, readFieldsFile } from '../../src/read/fields-file.js';
import { readFoundFields } from '../../src/read/found-fields.js';
import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';
import type { FieldNames } from '../../src/read/shapes/names.js';
import { collect } from './collect.js';
import { TempFolder } from './temp-folder.js';

const folder = new TempFolder();
const USER = { role: 'user', content: 'Hi' };
const reply = (content: string) => ({ role: 'assistant', content });

test('a file of fields has the names of the flags, and is read as it is written', async () => {
  const names: FieldNames = {
    shape: 'answer-list',
    prompt: 'a',
    promptFormat: 'text',
    system: 'b',
    answers: 'c,d',
    answerText: 'e',
    model: 'f',
    label: 'g',
    lowerIsBetter: true,
    id: 'h',
    source: 'i',
    groupBy: 'j',
  };
  assert.deepEqual(Object.keys(names).sort(), Object.keys(FIELD_KEYS).sort());
  assert.deepEqual(await readFieldsFile(folder.file(fieldsFileText(names))), names);
  assert.match(fieldsFileText({ answerText: 'x', label: undefined }), /^\{\n {2}"answer_text_field": "x"\n\}\n$/);
});

for (const [title, content, says] of [
  ['no JSON', '{', /this is no JSON/],
  ['a list', '[]', /not a JSON object/],
  ['an unknown name', '{"prompts_field": "q"}', /field prompts_field: this name is not known; is it prompt_field\?/],
  ['a number', '{"label_field": 3}', /field label_field: expected a string, found 3/],
  ['an unknown shape', '{"shape": "pairs"}', /field shape: expected answer-list or .*, found "pairs"/],
  ['a text for a flag', '{"lower_is_better": "yes"}', /field lower_is_better: expected true or false/],
  ['an unknown format', '{"prompt_format": "html"}', /field prompt_format: expected auto or dialogue or text/],
] as const) {
  test(`refused: ${title}`, async () => {
    await assert.rejects(readFieldsFile(folder.file(content)), (error) => {
      assert.ok(error instanceof StarlingError && error.code === 'E_USAGE');
      assert.match(String(error), says);
      return true;
    });
  });
}

test('a file that is not there is refused', async () => {
  await assert.rejects(
    readFieldsFile(folder.newPath()),
    /no such file of fields; make one with score --explain-fields/,
  );
});

test('rows are read the same with the fields that were found in them', async () => {
  for (const [record, keys] of [
    [
      { instruction: 'Hi', input: 'now', system: 'x', completions: [{ response: 'x', model: 'a', overall_score: 2 }] },
      ['prompt', 'system', 'answers', 'answerText', 'model', 'label'],
    ],
    [{ prompt: 'Hi', answers: ['x', 'y'] }, ['prompt', 'answers']],
    [{ prompt: 'Hi', answers: { m: 'x', n: 'y' } }, ['prompt', 'answers']],
    [{ question: 'Hi', output: 'x' }, ['prompt', 'answers']],
    [{ prompt: 'Hi', chosen: 'x', rejected: 'y' }, ['shape']],
    [{ messages: [USER, reply('x')] }, ['shape']],
    [{ messages: [USER], model: 'm', choices: [{ message: reply('x') }] }, ['shape']],
    [{ conversation_a: [USER, reply('x')], conversation_b: [USER, reply('y')], winner: 'B' }, ['shape']],
    [{ context: [USER], response1: 'x', response2: 'y', overall_preference: 3 }, ['shape']],
  ] as const) {
    const inputs = await openInputs([folder.file(JSON.stringify(record))]);
    const [names] = await collect(readFoundFields(inputs, LIMITS, {}));
    assert.ok(!(names instanceof RowError), String(names));
    assert.deepEqual(
      Object.keys(names).filter((name) => Object.hasOwn(FIELD_KEYS, name)),
      keys,
    );
    const fields = await readFieldsFile(folder.file(fieldsFileText(names)));
    assert.deepEqual(
      await collect(readRows(inputs, { ...LIMITS, fields })),
      await collect(readRows(inputs, LIMITS)),
      JSON.stringify(names),
    );
  }
});
