import { StarlingError } from '../contracts/errors.js';
import type { EncodedAnswer } from '../contracts/text.js';

/** One text of a pair: the ids of its words, and of the tokens that the template adds after them. */
export interface PairText {
  words: readonly number[];
  tokens: readonly number[];
}

/**
 * The ids of a pair of texts, truncated like `truncation=True` of transformers (`longest_first` of HF tokenizers). The shorter text keeps
 * up to half of the room, the longer text gets the rest. Both lose words at their end; special tokens are kept.
 * @param before ids before the first text
 * @param maxLength of all ids
 * @throws StarlingError E_USAGE when the special tokens alone exceed the maximum length
 */
export function pairIds(
  before: readonly number[],
  first: PairText,
  second: PairText,
  maxLength: number,
): EncodedAnswer {
  const set = before.length + first.tokens.length + second.tokens.length;
  if (set > maxLength) {
    const problem = `a maximum length of ${maxLength} tokens has no room for the ${set} special tokens of a pair of texts`;
    throw new StarlingError('E_USAGE', `${problem}; choose a greater --max-length`);
  }
  const room = maxLength - set;
  const [one, other] = keptOf(first.words.length, second.words.length, room);
  const words = [first.words.slice(0, one), second.words.slice(0, other)];
  return {
    ids: Int32Array.from([...before, ...words[0], ...first.tokens, ...words[1], ...second.tokens]),
    cut: first.words.length + second.words.length - one - other,
  };
}

function keptOf(first: number, second: number, room: number): [number, number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second, Math.floor(room / 2));
  return first > second ? [room - shorter, shorter] : [shorter, room - shorter];
}
