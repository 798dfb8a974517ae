import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLevelSpelling, byteLevelWords } from '../../../../src/encode/tokenizer-json/models/byte-level.js';

test('every byte has its own visible character, which for visible bytes is the byte itself', () => {
  const characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).map(byteLevelSpelling);
  assert.equal(byteLevelSpelling('Az~!'), 'Az~!');
  // GPT-2, encoder.py: bytes_to_unicode().
  assert.equal(byteLevelSpelling('\0\t\n \x7f'), 'ĀĉĊĠġ');
  assert.equal(byteLevelSpelling('\x80\xa0\xad\xa1é'), 'ÂĢÂłÂŃÂ¡Ã©');
  assert.equal(new Set(characters.join('')).size, 128 + 64 + 2);
  assert.equal(byteLevelSpelling('👍'), 'ðŁĳį');
});

test('words are those of GPT-2 and join to the text', () => {
  const words = (text: string) => byteLevelWords(text, { addPrefixSpace: false, useRegex: true });
  assert.deepEqual(words("It's  10%\n\n ok"), ['It', "'s", ' ', ' 10', '%', '\n\n', ' ok']);
  assert.deepEqual(words('a\x85\ufeffb'), ['a', '\x85', '\ufeff', 'b']);
  assert.deepEqual(words(''), []);
});

test('without the regex a text is one word, with an optional space before it', () => {
  assert.deepEqual(byteLevelWords('a b', { addPrefixSpace: true, useRegex: false }), [' a b']);
  assert.deepEqual(byteLevelWords(' a b', { addPrefixSpace: true, useRegex: false }), [' a b']);
});
