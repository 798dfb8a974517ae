import type { Ranking } from '../types.js';

const KEYS: Readonly<Record<keyof Ranking, true>> = {
  index: true,
  file: true,
  id: true,
  prompt_id: true,
  scores: true,
  ranks: true,
  order: true,
  truncated: true,
  labels: true,
  label_scores: true,
  models: true,
  lengths: true,
  source: true,
  turns: true,
  good_natured: true,
};

/** The ranking without what it carries along of its row. */
export function plainRanking(ranking: Ranking): Ranking {
  return Object.fromEntries(Object.entries(ranking).filter(([key]) => Object.hasOwn(KEYS, key))) as unknown as Ranking;
}
