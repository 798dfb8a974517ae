import type { Ranking } from '../../contracts/ranking.js';
import type { ArrowColumn, ArrowType } from '../../tables/arrow-reader.js';

/** A column of Parquet and Arrow. */
export interface Column extends ArrowColumn {
  /** Its values are written as JSON, in text. */
  json: boolean;
}

const WHOLE_NUMBERS: ArrowType = { list: 'int32' };
const NUMBERS: ArrowType = { list: 'double' };
const TEXTS: ArrowType = { list: 'string' };

/** What a ranking says itself: always there, null where the ranking does not have it. An `id` may be a number, but a column has one type. */
const TYPES: Readonly<Record<keyof Ranking, ArrowType>> = {
  index: 'int64',
  file: 'string',
  id: 'string',
  prompt_id: 'string',
  scores: NUMBERS,
  ranks: WHOLE_NUMBERS,
  order: WHOLE_NUMBERS,
  truncated: WHOLE_NUMBERS,
  labels: NUMBERS,
  label_scores: NUMBERS,
  models: TEXTS,
  lengths: WHOLE_NUMBERS,
  source: TEXTS,
  turns: 'int64',
  good_natured: 'boolean',
};

export const OWN_COLUMNS: readonly Column[] = Object.entries(TYPES).map(([name, type]) => ({
  name,
  type,
  json: false,
}));

/** Whether a ranking says this itself, however it is written: names of columns that differ only in case are one to DuckDB. */
export function isOwn(name: string): boolean {
  return Object.hasOwn(TYPES, name.toLowerCase());
}
