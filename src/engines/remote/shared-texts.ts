import type { EncodedAnswer } from '../../contracts/text.js';
import { commonPrefixLength } from '../../model/common-prefix.js';
import { withoutPads } from '../../model/pads.js';
import type { TextsToScore } from './vllm-server.js';

/** The distinct texts of a row. */
export interface SharedTexts extends TextsToScore {
  /** For each answer the index of its text. */
  placeOf: readonly number[];
  /** Tokens with the common prefix of all texts counted once. */
  computed: number;
}

/**
 * The texts of a row as they are sent. A server reads the last id of a list, so ids that the model's class passes over are removed from the
 * end.
 * @param answers at least one, each with at least one id
 */
export function textsOf(answers: readonly EncodedAnswer[], padId: number | undefined): SharedTexts {
  const places = new Map<string, number>();
  const distinct: Int32Array[] = [];
  const placeOf = answers.map(({ ids }) => {
    const read = padId === undefined ? ids : withoutPads(ids, padId);
    const list = `[${read.join()}]`;
    const known = places.get(list);
    if (known !== undefined) return known;
    places.set(list, distinct.length);
    return distinct.push(read) - 1;
  });
  const [first, ...others] = distinct;
  const shared = others.reduce((least, ids) => Math.min(least, commonPrefixLength(first, ids)), first.length);
  const tokens = distinct.reduce((sum, { length }) => sum + length, 0);
  return { lists: [...places.keys()], tokens, placeOf, computed: tokens - others.length * shared };
}
