import type { EncodedAnswer } from '../../../contracts/text.js';
import { commonPrefixLength } from '../../../model/common-prefix.js';
import { type Card, RUN_MULTIPLE } from '../../../model/graph-contract.js';
import { withoutPads } from '../../../model/pads.js';
import { type CardText, cardText } from './card.js';
import { carriedLength } from './common-prefix.js';
import type { Plan } from './plan-types.js';

/** The token that the head reads. */
export interface ReadBy {
  /** For the readout `card`. */
  card?: Card;
  /** For the readout `last-token`: the padding id, which is skipped at the end of a text. */
  padId?: number;
}

/**
 * Plans the answers of one row. The common prefix of all distinct answers is computed once, then each distinct suffix. The rewards have the
 * same bits as those of the whole id lists. A row of three answers, of which the third equals the first (RUN_MULTIPLE is 2):
 *
 *   answers   1 10 11 12 20 21 2       prefix    1 10 11 12               five ids are common, rounded down to four
 *             1 10 11 12 20 22 23 2    suffixes  20 21 2 | 20 22 23 2     one for each distinct answer
 *             1 10 11 12 20 21 2       suffixOf  0 1 0
 *                                      tokens    4 + 3 + 4 = 11           instead of 7 + 8 + 7 = 22
 *
 * If the row before has the same prompt, `carried` tokens of the prefix are still in the cache, and a worker computes `tokens - carried`.
 *
 * @param answers at least one, each with at least one id
 * @param by the token that the head reads; by default the last one
 * @param before the plan of the row before, which may have the same prompt
 */
export function planRow(answers: readonly EncodedAnswer[], by: ReadBy = {}, before?: Plan): Plan {
  const { card } = by;
  const { distinct, placeOf } = distinctTexts(answers.map(({ ids }) => readText(ids, by)));
  const lists = distinct.map(({ ids }) => ids);
  const shared = lists.length === 1 ? sharedWith(before, lists[0]) : sharedLength(lists);
  const prefix = lists[0].slice(0, shared);
  const suffixes = lists.map((ids) => ids.slice(shared));
  const after = distinct.map((text) => text.after);
  const tokens = suffixes.reduce((sum, suffix) => sum + suffix.length, shared) + after.filter(Boolean).length;
  const carried = before ? carriedLength(before.prefix, prefix) : 0;
  const plan = { prefix, suffixes, suffixOf: placeOf, tokens, carried };
  return card ? { ...plan, card: { id: card.fillId, position: card.maxLength - 1, after } } : plan;
}

/** The plan for an external model, which computes whole texts. Only equal answers are computed once. */
export function planWhole(answers: readonly EncodedAnswer[]): Plan {
  const { distinct, placeOf } = distinctTexts(answers.map(({ ids }) => ({ ids, after: false })));
  const suffixes = distinct.map(({ ids }) => ids);
  const tokens = suffixes.reduce((sum, suffix) => sum + suffix.length, 0);
  return { prefix: new Int32Array(0), suffixes, suffixOf: placeOf, tokens, carried: 0 };
}

function readText(ids: Int32Array, { card, padId }: ReadBy): CardText {
  if (card) return cardText(ids, card);
  return { ids: padId === undefined ? ids : withoutPads(ids, padId), after: false };
}

function distinctTexts(texts: readonly CardText[]) {
  const places = new Map<string, number>();
  const distinct: CardText[] = [];
  const placeOf = texts.map((text) => {
    const key = `${text.ids.join()} ${text.after}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, distinct.length);
    return distinct.push(text) - 1;
  });
  return { distinct, placeOf };
}

/** Prefix length of a row with one distinct text: the part that the first text of the row before has too, so that it stays cached. */
function sharedWith(before: Plan | undefined, ids: Int32Array): number {
  if (!before) return 0;
  const known = Int32Array.from([...before.prefix, ...before.suffixes[0]]);
  return carriedLength(known, ids.subarray(0, -1));
}

/** Length of the longest common prefix that is a multiple of RUN_MULTIPLE and leaves each list at least one id. */
function sharedLength(lists: readonly Int32Array[]): number {
  const [first, ...others] = lists;
  let shared = Math.min(...lists.map((ids) => ids.length)) - 1;
  for (const other of others) shared = Math.min(shared, commonPrefixLength(first, other));
  return shared - (shared % RUN_MULTIPLE);
}
