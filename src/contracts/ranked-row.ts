import type { Place } from './errors.js';
import type { Ranking } from './ranking.js';
import type { RowTexts } from './row.js';

/** A ranking together with the texts of its row. */
export interface RankedRow extends RowTexts {
  ranking: Ranking;
  id?: string | number;
  /** Where the ranking stands, for errors. */
  place: Place;
  /** The record of the ranking, unchanged. */
  record: Readonly<Record<string, unknown>>;
}
