import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLevelSpelling } from '../../../src/encode/tokenizer-json/models/byte-level.js';
import { PreTokenizer, type PreTokenizerSettings } from '../../../src/encode/tokenizer-json/pre-tokenizer.js';

const digits: PreTokenizerSettings = { settings: { type: 'Digits', individual_digits: true }, byteLevel: null };
const byteLevel: PreTokenizerSettings = {
  settings: { type: 'ByteLevel' },
  byteLevel: { addPrefixSpace: false, useRegex: true },
};

/** The words in the spelling of the vocabulary. */
function spelt(steps: readonly PreTokenizerSettings[], text: string): string[] {
  const preTokenizer = new PreTokenizer(steps, 'tokenizer.json');
  const words = preTokenizer.words(text, true);
  return preTokenizer.byteLevel ? words.map(byteLevelSpelling) : words;
}

// Expected words: `tokenizers.pre_tokenizers.Sequence(…).pre_tokenize_str(TEXT)`, tokenizers 0.23.3.
const TEXT = "né 12, don't٣";
const CASES: [string, PreTokenizerSettings[], string[]][] = [
  ['none', [], [TEXT]],
  ['Digits, ByteLevel', [digits, byteLevel], ['nÃ©', 'Ġ', '1', '2', ',', 'Ġdon', "'t", 'Ù£']],
  ['ByteLevel, Digits', [byteLevel, digits], ['nÃ©', 'Ġ', '1', '2', ',', 'Ġdon', "'t", 'Ù£']],
  ['ByteLevel twice', [byteLevel, byteLevel], ['nÃĥ', 'Â©', 'Äł', '12', ',', 'Äłdon', "'t", 'ÃĻ', 'Â£']],
];

for (const [what, steps, expected] of CASES) {
  test(`words are those of HF tokenizers: ${what}`, () => assert.deepEqual(spelt(steps, TEXT), expected));
}
