import { RowError } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { jsonText } from '../../json/json-text.js';
import { rankingLine } from '../rankings.js';
import { isOwn } from './columns.js';

/** A ranking as Parquet and Arrow have it. */
export interface ColumnarRow {
  index: number;
  /** Values by the name of their column, those that go along from the input too. */
  values: Readonly<Record<string, unknown>>;
  /** The same as a line of JSON. */
  line: string;
}

/** Goes before the name of a field whose own is a ranking's but for case: `ID` beside `id`. */
const OF_INPUT = 'input_';

/** What is text in a column, and may be something else in a ranking that was read. */
const TEXTS: ReadonlySet<string> = new Set(['id', 'file']);

/** How JSON spells half a character, which UTF-8 cannot hold. A second backslash before it would make it plain text. */
const HALF_CHARACTER = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** @throws RowError E_FIELD when it has what no column can hold */
export function columnarRow(ranking: Ranking): ColumnarRow {
  const { index } = ranking;
  const fields = new Map<string, unknown>();
  for (const [name, value] of Object.entries(ranking)) {
    const column = columnName(name);
    if (fields.has(column)) throw columnError(`it would be the column ${column}, which is there too`, name, index);
    if (column === '' || column.includes('\0')) throw columnError('a column cannot have this name', name, index);
    fields.set(column, TEXTS.has(name) && typeof value !== 'string' ? jsonText(value) : value);
  }
  const values = Object.fromEntries(fields);
  const line = rankingLine({ ...values, index });
  if (HALF_CHARACTER.test(line)) throw columnError('found half a character, expected Unicode', halved(fields), index);
  return { index, values, line };
}

/** @param remedy what does take it; JSONL has no columns */
export function columnError(
  problem: string,
  field: string | undefined,
  row: number,
  remedy = '--format jsonl',
): RowError {
  return new RowError('E_FIELD', `${problem}; ${remedy} takes it`, { row, ...(field !== undefined && { field }) });
}

function columnName(name: string): string {
  return isOwn(name) && name !== name.toLowerCase() ? `${OF_INPUT}${name}` : name;
}

/** The field that has it, in its name or its value. */
function halved(fields: ReadonlyMap<string, unknown>): string | undefined {
  for (const [name, value] of fields) if (HALF_CHARACTER.test(jsonText([name, value]))) return name;
  return undefined;
}
