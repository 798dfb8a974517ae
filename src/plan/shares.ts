import type { Plan } from '../types.js';

/** What a share of a plan computes of its own, in tokens, is worth a worker: loading and telling cost about as much as half of it. */
const LEAST_OWN = 256;

/** A part of a plan that can be computed apart from the rest. */
export interface Share {
  plan: Plan;
  /** Which of the whole plan's suffixes its suffixes are. */
  places: number[];
}

/**
 * A plan in up to `most` shares of about the same cost, for workers that have nothing else to do. Each computes the prefix again, so
 * there are no more than have as much of their own to compute. The rewards are those of the whole plan.
 */
export function sharesOf(plan: Plan, most: number): Share[] {
  const { prefix, suffixes } = plan;
  const own = suffixes.reduce((sum, { length }) => sum + length, 0);
  const count = Math.min(most, suffixes.length, Math.floor(own / Math.max(LEAST_OWN, prefix.length)));
  if (count < 2) return [{ plan, places: [...suffixes.keys()] }];
  return balanced(suffixes, count).map((places) => ({ plan: shareOf(plan, places), places }));
}

/** The places of the suffixes in `count` lists, the longest first, each where there is least so far. */
function balanced(suffixes: readonly Int32Array[], count: number): number[][] {
  const lists = Array.from({ length: count }, () => ({ tokens: 0, places: [] as number[] }));
  const longestFirst = [...suffixes.keys()].sort((a, b) => suffixes[b].length - suffixes[a].length || a - b);
  for (const place of longestFirst) {
    const least = lists.reduce((best, list) => (list.tokens < best.tokens ? list : best));
    least.tokens += suffixes[place].length;
    least.places.push(place);
  }
  return lists.map(({ places }) => places.sort((a, b) => a - b));
}

function shareOf({ prefix, suffixes, carried, card }: Plan, places: readonly number[]): Plan {
  const own = places.map((place) => suffixes[place]);
  const after = places.map((place) => card?.after[place] ?? false);
  const tokens = own.reduce((sum, { length }) => sum + length, prefix.length) + after.filter(Boolean).length;
  const part: Plan = { prefix, suffixes: own, suffixOf: [...places.keys()], tokens, carried };
  return card ? { ...part, card: { ...card, after } } : part;
}
