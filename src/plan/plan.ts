import { type EncodedAnswer, type Plan, RUN_MULTIPLE } from '../types.js';

/**
 * What to compute for the answers of one row: the ids that all distinct answers begin with once, then each distinct rest.
 * Equal answers are computed once. The rewards are those of the whole id lists, whatever the plan.
 *
 * @param answers at least one, each with at least one id
 */
export function planRow(answers: readonly EncodedAnswer[]): Plan {
  const { distinct, placeOf } = distinctLists(answers);
  const shared = distinct.length === 1 ? 0 : sharedLength(distinct);
  const prefix = distinct[0].slice(0, shared);
  const suffixes = distinct.map((ids) => ids.slice(shared));
  const tokens = suffixes.reduce((sum, suffix) => sum + suffix.length, shared);
  return { prefix, suffixes, suffixOf: placeOf, tokens };
}

function distinctLists(answers: readonly EncodedAnswer[]) {
  const places = new Map<string, number>();
  const distinct: Int32Array[] = [];
  const placeOf = answers.map(({ ids }) => {
    const key = ids.join();
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, distinct.length);
    return distinct.push(ids) - 1;
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
