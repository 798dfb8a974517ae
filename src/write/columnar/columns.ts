import { isRankingField, RANKING_FIELDS, type Ranking } from '../../contracts/ranking.js';
import type { ArrowColumn, ArrowType } from '../../tables/arrow-reader.js';

/** A column of Parquet and Arrow. */
export interface TableColumn extends ArrowColumn {
  /** Whether its values are written as JSON text. */
  json: boolean;
}

/** Column types by what a field holds. Ids are text because some may be numbers, and a column has one type. */
const TYPES: Readonly<Record<(typeof RANKING_FIELDS)[keyof Ranking]['holds'], ArrowType>> = {
  count: 'int64',
  text: 'string',
  id: 'string',
  flag: 'boolean',
  numbers: { list: 'double' },
  positions: { list: 'int32' },
  texts: { list: 'string' },
};

/** The columns that every file has: one for each field of a ranking, null where a ranking lacks the field. */
export const OWN_COLUMNS: readonly TableColumn[] = Object.entries(RANKING_FIELDS).map(([name, { holds }]) => ({
  name,
  type: TYPES[holds],
  json: false,
}));

/** Whether a name is a ranking's own column, in any case: DuckDB takes column names that differ only in case as equal. */
export function isOwn(name: string): boolean {
  return isRankingField(name.toLowerCase());
}
