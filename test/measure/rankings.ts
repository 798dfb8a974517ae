import type { Ranking } from '../../src/contracts/ranking.js';
import type { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';

/** A ranking with the fields that are measured. `ranks` and `order` are empty because no statistic reads them. */
export function rankingOf(
  scores: number[],
  labels: (number | null)[] | undefined,
  rest: Partial<Omit<Ranking, 'scores' | 'labels'>> = {},
): Ranking {
  return {
    index: 0,
    prompt_id: 'p',
    scores,
    ranks: [],
    order: [],
    lengths: scores.map((_, i) => 10 * i),
    ...(labels && { labels }),
    ...rest,
  };
}

/** The same ranking with its answers in another order: answer i was answer `order[i]`. */
export function permuted(ranking: Ranking, order: readonly number[]): Ranking {
  const move = <T>(values: readonly T[]): T[] => order.map((i) => values[i]);
  return {
    ...ranking,
    scores: move(ranking.scores),
    lengths: move(ranking.lengths),
    ...(ranking.labels && { labels: move(ranking.labels) }),
    ...(ranking.models && { models: move(ranking.models) }),
    ...(ranking.label_scores && { label_scores: move(ranking.label_scores) }),
  };
}

/** The integers 0 to n - 1 in random order (Fisher-Yates shuffle). */
export function shuffledPlaces(n: number, random: Xoshiro128): number[] {
  const places = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [places[i], places[j]] = [places[j], places[i]];
  }
  return places;
}
