import type { EncodedAnswer } from '../../../contracts/text.js';
import { type Card, RUN_MULTIPLE } from '../../../model/graph-contract.js';
import { type CardText, cardText } from './card.js';
import { carriedLength, commonBeginning } from './common-beginning.js';
import { withoutPads } from './pads.js';
import type { Plan } from './plan-types.js';

/** Where the rewards of texts are read. */
export interface ReadBy {
  /** For the readout `card`. */
  card?: Card;
  /** For the readout `last-token`: the id that does not count at the end of a text. */
  padId?: number;
}

/**
 * What to compute for the answers of one row: the ids that all distinct answers begin with once, then each distinct rest.
 * Equal answers are computed once, and what the row before begins with as well is left in the cache of who computes it.
 * The rewards are those of the whole id lists, whatever the plan.
 *
 * @param answers at least one, each with at least one id
 * @param by where rewards are read; at the last token if nothing is said
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

/** The same for a graph that computes whole texts: nothing is computed once but what is equal. */
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

/** How much of a row's only text is worth a place in the cache: what the first text of the row before has too. */
function sharedWith(before: Plan | undefined, ids: Int32Array): number {
  if (!before) return 0;
  const known = Int32Array.from([...before.prefix, ...before.suffixes[0]]);
  return carriedLength(known, ids.subarray(0, -1));
}

/** The longest common beginning that is a whole number of runs and leaves each list at least one id. */
function sharedLength(lists: readonly Int32Array[]): number {
  const [first, ...others] = lists;
  let shared = Math.min(...lists.map((ids) => ids.length)) - 1;
  for (const other of others) shared = Math.min(shared, commonBeginning(first, other));
  return shared - (shared % RUN_MULTIPLE);
}
