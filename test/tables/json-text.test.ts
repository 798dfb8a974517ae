import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonText, jsonValue } from '../../src/json/json-text.js';

test('integers keep all digits in every position', () => {
  const text =
    '{"a":1234567890123456789,"b":[-9007199254740993,9007199254740991,1],"c":"1234567890123456789 and \\"12345678901234567890\\"","d":{"e":123456789012345678901234567890}}';
  assert.equal(jsonText(jsonValue(text)), text);
  assert.deepEqual(jsonValue('[9007199254740993, 9007199254740991]'), [9007199254740993n, 9007199254740991]);
});

test('numbers with a fraction or an exponent are read as by JSON.parse, however long they are', () => {
  for (const text of [
    '0.12345678901234567890',
    '1234567890123456789.5',
    '1234567890123456789e3',
    '1e-1234567890123456789',
    '-0.1234567890123456789',
  ])
    assert.deepEqual(jsonValue(`{"n":${text}}`), JSON.parse(`{"n":${text}}`), text);
});

test('invalid JSON is refused, also with long integers', () => {
  for (const text of ['[12345678901234567890', '{"a":12345678901234567890 1}', '[012345678901234567890]'])
    assert.throws(() => jsonValue(text), SyntaxError, text);
});
