/** How the rewards of one row order its answers. */
export interface Ranks {
  /** For each answer, 1 = best; equal scores share the best rank among them: 1, 2, 2, 4. */
  ranks: number[];
  /** Answer positions from 0, best first; equal scores stay in answer order. */
  order: number[];
}

/** @param scores higher = better, none NaN */
export function ranksOf(scores: readonly number[]): Ranks {
  const order = scores.map((_, position) => position).sort((a, b) => scores[b] - scores[a] || a - b);
  const ranks = new Array<number>(scores.length);
  order.forEach((position, place) => {
    const above = order[place - 1];
    ranks[position] = place > 0 && scores[above] === scores[position] ? ranks[above] : place + 1;
  });
  return { ranks, order };
}
