import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { jsonText } from '../../json/json-text.js';
import { rankingLine } from '../rankings.js';
import { isOwn } from './columns.js';

/** A ranking as a row of Parquet or Arrow. */
export interface ColumnarRow {
  index: number;
  /** Values by name of the column, kept fields of the input included. */
  values: Readonly<Record<string, unknown>>;
  /** The same values as a line of JSON. */
  line: string;
}

/** Prefix for a kept field whose name differs from a ranking's field only in case: `ID` becomes `input_ID`. */
const OF_INPUT = 'input_';

/** Fields that are text in columns, although a ranking that was read may hold another type. */
const TEXTS: ReadonlySet<string> = new Set(['id', 'file']);

/** The JSON escape of a lone surrogate, which UTF-8 cannot hold. After an odd number of further backslashes it would be plain text. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** @throws RowError E_FIELD if no column can hold a field or its name */
export function columnarRow(ranking: Ranking): ColumnarRow {
  const { index } = ranking;
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(ranking)) {
    const column = columnName(name);
    if (fields.has(column)) throw columnError(`the row also has a field for the column ${column}`, name, index);
    if (column === '' || column.includes('\0')) throw columnError('a column cannot have this name', name, index);
    fields.set(column, TEXTS.has(name) && typeof value !== 'string' ? jsonText(value) : value);
  }
  const values = Object.fromEntries(fields);
  const line = rankingLine({ ...values, index });
  if (LONE_SURROGATE.test(line))
    throw columnError('found a lone surrogate, expected valid Unicode', withSurrogate(fields), index);
  return { index, values, line };
}

/** @param remedy options under which the row can be written; JSONL has no columns */
export function columnError(
  problem: string,
  field: string | undefined,
  row: number,
  remedy = '--format jsonl',
): RowError {
  return new RowError('E_FIELD', `${problem}; use ${remedy} instead`, { row, ...(field !== undefined && { field }) });
}

function columnName(name: string): string {
  return isOwn(name) && name !== name.toLowerCase() ? `${OF_INPUT}${name}` : name;
}

/** The field with the lone surrogate, in its name or its value. */
function withSurrogate(fields: ReadonlyMap<string, unknown>): string | undefined {
  for (const [name, value] of fields) if (LONE_SURROGATE.test(jsonText([name, value]))) return name;
  return undefined;
}
