import { StarlingError } from '../contracts/errors.js';
import type { EncodedAnswer } from '../contracts/text.js';

/** One of two texts: the ids of its words, and of the tokens that the template sets behind them. */
export interface PairText {
  words: readonly number[];
  tokens: readonly number[];
}

/**
 * The ids of two texts that fit together, cut as `truncation=True` of transformers cuts them (`longest_first` of HF tokenizers): of the
 * words the shorter text keeps half of the room at least, the longer one the rest, each its beginning; tokens are never cut.
 * @param before ids that stand before the first text
 * @param maxLength in all
 * @throws StarlingError E_USAGE when the tokens alone are more
 */
export function pairIds(
  before: readonly number[],
  first: PairText,
  second: PairText,
  maxLength: number,
): EncodedAnswer {
  const set = before.length + first.tokens.length + second.tokens.length;
  if (set > maxLength) {
    const problem = `a maximum length of ${maxLength} tokens has no room for the ${set} that a pair of texts sets`;
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
