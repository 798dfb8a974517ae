import { isRankingField, RANKING_FIELDS, type Ranking } from '../../contracts/ranking.js';
import type { ArrowColumn, ArrowType } from '../../tables/arrow-reader.js';

/** A column of Parquet and Arrow. */
export interface RankingColumn extends ArrowColumn {
  /** Its values are written as JSON, in text. */
  json: boolean;
}

/** The type of a column by what its field holds. An `id` may be a number, but a column has one type. */
const TYPES: Readonly<Record<(typeof RANKING_FIELDS)[keyof Ranking]['holds'], ArrowType>> = {
  count: 'int64',
  text: 'string',
  id: 'string',
  flag: 'boolean',
  numbers: { list: 'double' },
  positions: { list: 'int32' },
  texts: { list: 'string' },
};

/** A ranking's own columns, which are always there: null where the ranking does not have the field. */
export const OWN_COLUMNS: readonly RankingColumn[] = Object.entries(RANKING_FIELDS).map(([name, { holds }]) => ({
  name,
  type: TYPES[holds],
  json: false,
}));

/** Whether a ranking says this itself, however it is written: names of columns that differ only in case are one to DuckDB. */
export function isOwn(name: string): boolean {
  return isRankingField(name.toLowerCase());
}
