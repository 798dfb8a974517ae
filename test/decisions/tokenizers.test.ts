import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';

interface Parts {
  normalizer: { normalize(text: string): string };
  pre_tokenizer: { pre_tokenize(text: string, options: { section_index: number }): string[] };
}

const PARTS = { pre_tokenizer: null, normalizer: null, post_processor: null, decoder: null, added_tokens: [] };

function partsOf(settings: object): Parts {
  const made: unknown = new Tokenizer({ ...PARTS, model: { type: 'BPE', vocab: {}, merges: [] }, ...settings }, {});
  return made as Parts;
}

const words = (settings: object, text: string) =>
  partsOf({ pre_tokenizer: settings }).pre_tokenizer.pre_tokenize(text, { section_index: 0 });
const normalized = (settings: object, text: string) => partsOf({ normalizer: settings }).normalizer.normalize(text);

// The results of the Rust library are in test/oracles/pieces.json.gz.

test('@huggingface/tokenizers takes only 0 to 9 for digits', () => {
  assert.deepEqual(words({ type: 'Digits', individual_digits: true }, 'a٣1'), ['a٣', '1']);
});

test('@huggingface/tokenizers takes other characters for white space', () => {
  assert.deepEqual(words({ type: 'WhitespaceSplit' }, 'a\uFEFFb\u0085c'), ['a', 'b\u0085c']);
});

test('@huggingface/tokenizers takes signs for punctuation that BERT does not', () => {
  assert.deepEqual(words({ type: 'BertPreTokenizer' }, 'a\u061Db'), ['a', '\u061D', 'b']);
});

test('@huggingface/tokenizers does not split at the signs of a Metaspace', () => {
  const settings = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  assert.deepEqual(words(settings, 'a b'), ['▁a▁b']);
});

test('@huggingface/tokenizers does not merge what a Split found with its neighbours', () => {
  const settings = { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithNext', invert: false };
  assert.deepEqual(words(settings, 'a b'), ['a', ' ', 'b']);
});

test('@huggingface/tokenizers lowers a sigma at the end of a word to its final form', () => {
  assert.equal(normalized({ type: 'Lowercase' }, 'ΟΔΟΣ'), 'οδος');
});

test('@huggingface/tokenizers strips other characters than white space', () => {
  assert.equal(normalized({ type: 'Strip', strip_left: true, strip_right: true }, '\uFEFFa'), 'a');
});

test('@huggingface/tokenizers does not read the map of characters of a Precompiled', () => {
  assert.equal(normalized({ type: 'Precompiled', precompiled_charsmap: 'AAAA' }, 'Ａ①'), 'A1');
});

test('@huggingface/tokenizers makes normal forms by the newest Unicode of Node', () => {
  assert.equal(normalized({ type: 'NFC' }, '\u{105D2}\u0307'), '\u{105D2}\u0307'.normalize('NFC'));
});

test('@huggingface/tokenizers has no declarations that Node resolves', () => {
  const main = fileURLToPath(import.meta.resolve('@huggingface/tokenizers'));
  const declared = readFileSync(join(dirname(main), '../types/index.d.ts'), 'utf8');
  assert.match(declared, /from "\.\/core\/Tokenizer"/);
});
