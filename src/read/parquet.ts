import { type Database, type DuckDbChunk, openDuckDb, sqlFile } from '../duckdb.js';
import { StarlingError } from '../errors.js';
import { countedRecords } from './counted.js';
import type { Input, ReadOptions } from './inputs.js';
import type { RawRecord, Source } from './raw-record.js';

/** Rows come in their order, so a second thread only reads ahead and holds more. */
const SETTINGS = { threads: 1, memory: 2048 };

/** The virtual column that says where in its file a row stands. */
const POSITION = 'file_row_number';

/**
 * The rows of a Parquet file in their order, all columns, or those rows for which `where` is true.
 * @throws StarlingError E_READ if it is no file or is damaged; E_USAGE if `where` is no condition on its columns
 */
export async function parquetRows(input: Input, options: ReadOptions): Promise<Source> {
  if (input.kind !== 'file') throw notAFile(input.name);
  const database = await openDuckDb(SETTINGS);
  try {
    const file = sqlFile(input.name);
    const total = await countRows(database, file, input.name);
    const { where } = options;
    const expected = where === undefined ? total : await countWhere(database, file, where, input.name);
    return { batches: batches(database, file, expected, input, options), count: () => total };
  } catch (error) {
    database.close();
    throw error;
  }
}

export function notAFile(file: string): StarlingError {
  const message =
    'Parquet is read from its end, so it cannot come through a pipe or compressed as a whole; give the path of a plain file';
  return new StarlingError('E_READ', message, { file });
}

async function countRows(database: Database, file: string, name: string): Promise<number> {
  try {
    return await oneNumber(database, `SELECT num_rows FROM parquet_file_metadata(${file})`);
  } catch (cause) {
    throw damaged(cause, name);
  }
}

async function oneNumber(database: Database, sql: string): Promise<number> {
  for await (const { rows } of database.stream(sql)) for (const [number] of rows) return Number(number);
  return 0;
}

/** How many rows the condition leaves. Only its columns are read, and what is wrong with it is told as that. */
async function countWhere(database: Database, file: string, where: string, name: string): Promise<number> {
  try {
    return await oneNumber(database, `SELECT count(*) FROM (${rowsWhere(file, where)})`);
  } catch (cause) {
    throw new StarlingError('E_USAGE', `--where: ${messageOf(cause)}`, { file: name }, cause);
  }
}

/** On lines of its own a condition may end in a comment. */
function rowsWhere(file: string, where: string): string {
  return `SELECT * FROM read_parquet(${file}, ${POSITION} = true) WHERE (\n${where}\n)`;
}

async function* batches(
  database: Database,
  file: string,
  expected: number,
  input: Input,
  { where, signal, onBytes }: ReadOptions,
): AsyncGenerator<Iterable<RawRecord>> {
  const sql = where === undefined ? `SELECT * FROM read_parquet(${file})` : rowsWhere(file, where);
  let seen = 0;
  try {
    for await (const chunk of database.stream(sql, [], signal)) {
      const found = records(chunk, where === undefined ? seen : undefined);
      yield countedRecords(found, (input.size ?? 0) / expected, onBytes);
      seen += chunk.count;
    }
    // The library's stream ends without an error where the query has failed after its first rows, and has no way to ask.
    if (seen !== expected && !signal?.aborted) throw new Error(`it ends before row ${expected}`);
  } catch (cause) {
    if (cause instanceof StarlingError) throw cause;
    throw damaged(cause, input.name, seen);
  } finally {
    database.close();
  }
}

/** @param first where the first of them stands, unless their last column says so */
function* records({ columns, rows }: DuckDbChunk, first?: number): Generator<RawRecord> {
  let i = 0;
  for (const values of rows) yield record(columns, values, first === undefined ? undefined : first + i++);
}

/** @param position where it stands, unless the last column says so */
function record(columns: readonly string[], values: readonly unknown[], position?: number): RawRecord {
  const found = Object.fromEntries(columns.map((name, c) => [name, values[c]]));
  if (position === undefined) delete found[POSITION];
  const at = position ?? Number(values[columns.length - 1]);
  return { position: at, place: { record: at }, value: () => found, refused: () => ({ record: found }) };
}

function damaged(cause: unknown, file: string, rows = 0): StarlingError {
  const message = `the Parquet data cannot be read, after ${rows} rows: ${messageOf(cause)}`;
  return new StarlingError('E_READ', message, { file }, cause);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
