import { type Card, type EncodedAnswer, type Plan, RUN_MULTIPLE } from '../types.js';
import { type CardText, cardText } from './card.js';

/**
 * What to compute for the answers of one row: the ids that all distinct answers begin with once, then each distinct rest.
 * Equal answers are computed once. The rewards are those of the whole id lists, whatever the plan.
 *
 * @param answers at least one, each with at least one id
 * @param card for the readout `card`; without it rewards are read at the last token
 */
export function planRow(answers: readonly EncodedAnswer[], card?: Card): Plan {
  const { distinct, placeOf } = distinctTexts(
    answers.map(({ ids }) => (card ? cardText(ids, card) : { ids, after: false })),
  );
  const lists = distinct.map(({ ids }) => ids);
  const shared = lists.length === 1 ? 0 : sharedLength(lists);
  const prefix = lists[0].slice(0, shared);
  const suffixes = lists.map((ids) => ids.slice(shared));
  const after = distinct.map((text) => text.after);
  const tokens = suffixes.reduce((sum, suffix) => sum + suffix.length, shared) + after.filter(Boolean).length;
  const plan = { prefix, suffixes, suffixOf: placeOf, tokens };
  return card ? { ...plan, card: { id: card.fillId, position: card.maxLength - 1, after } } : plan;
}

/** The same for a graph that computes whole texts: nothing is computed once but what is equal. */
export function planWhole(answers: readonly EncodedAnswer[]): Plan {
  const { distinct, placeOf } = distinctTexts(answers.map(({ ids }) => ({ ids, after: false })));
  const suffixes = distinct.map(({ ids }) => ids);
  const tokens = suffixes.reduce((sum, suffix) => sum + suffix.length, 0);
  return { prefix: new Int32Array(0), suffixes, suffixOf: placeOf, tokens };
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

/** The longest common beginning that is a whole number of runs and leaves each list at least one id. */
function sharedLength(lists: readonly Int32Array[]): number {
  const [first, ...others] = lists;
  let shared = Math.min(...lists.map((ids) => ids.length)) - 1;
  for (const other of others) {
    let same = 0;
    while (same < shared && other[same] === first[same]) same++;
    shared = same;
  }
  return shared - (shared % RUN_MULTIPLE);
}
