import { PUNCTUATION } from './normalizers/older-unicode.js';

/** The words of a text, none of them empty. */
export type WordFinder = (text: string) => string[];

const SPACE = /\p{White_Space}+/u;
const BERT_WORDS = new RegExp(String.raw`${PUNCTUATION}|[^${PUNCTUATION}\p{White_Space}]+`, 'gv');
const PUNCTUATION_WORDS = new RegExp(`${PUNCTUATION}|[^${PUNCTUATION}]+`, 'gv');

/** Pre-tokenizers whose classes of characters, or places to split at, are other ones in the library. */
export const WORD_FINDERS: Readonly<Record<string, WordFinder>> = {
  BertPreTokenizer: (text) => text.match(BERT_WORDS) ?? [],
  Punctuation: (text) => text.match(PUNCTUATION_WORDS) ?? [],
  WhitespaceSplit: (text) => text.split(SPACE).filter((word) => word !== ''),
};

/** Before every `sign`: what a `Metaspace` does after it has set them. */
export function beforeEach(sign: string): WordFinder {
  return (text) => {
    const [before, ...rest] = text.split(sign);
    const words = rest.map((word) => sign + word);
    return before === '' ? words : [before, ...words];
  };
}
