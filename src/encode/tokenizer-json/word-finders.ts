import { PUNCTUATION } from './normalizers/older-unicode.js';

/** Splits a text into words. No word is empty. */
export type WordFinder = (text: string) => string[];

const SPACE = /\p{White_Space}+/u;
const BERT_WORDS = new RegExp(String.raw`${PUNCTUATION}|[^${PUNCTUATION}\p{White_Space}]+`, 'gv');
const PUNCTUATION_WORDS = new RegExp(`${PUNCTUATION}|[^${PUNCTUATION}]+`, 'gv');

/** Pre-tokenizers whose character classes or split points differ in @huggingface/tokenizers. */
export const WORD_FINDERS: Readonly<Record<string, WordFinder>> = {
  BertPreTokenizer: (text) => text.match(BERT_WORDS) ?? [],
  Punctuation: (text) => text.match(PUNCTUATION_WORDS) ?? [],
  WhitespaceSplit: (text) => text.split(SPACE).filter((word) => word !== ''),
};

/** Splits before every `sign`, as `Metaspace` does after inserting the signs. */
export function beforeEach(sign: string): WordFinder {
  return (text) => {
    const [before, ...rest] = text.split(sign);
    const words = rest.map((word) => sign + word);
    return before === '' ? words : [before, ...words];
  };
}
