import type { Ranking } from '../types.js';

/** A ranking as one line of JSON, keys in the order of the type. Numbers are written so that reading them gives the same bits. */
export function rankingLine(ranking: Ranking): string {
  return `${JSON.stringify(ranking)}\n`;
}
