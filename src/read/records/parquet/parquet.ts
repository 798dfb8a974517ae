import { open } from 'node:fs/promises';
import { messageOf, StarlingError } from '../../../contracts/errors.js';
import { IDENTITY_KEY } from '../../../contracts/identity.js';
import {
  type Database,
  type DuckDbChunk,
  type DuckDbName,
  openDuckDb,
  sqlFile,
  sqlText,
} from '../../../tables/duckdb.js';
import { refuseChanged } from '../../inputs/file-version.js';
import { type Input, pathOf, type SourceOptions } from '../../inputs/inputs.js';
import { countedRecords } from '../counted.js';
import { RepeatedName } from '../field-names.js';
import type { RawRecord, Source } from '../raw-record.js';
import { alike, parquetNames, WideDecimal } from './parquet-names.js';
import { DamagedPage, PageChecks } from './parquet-pages.js';
import { checkWhere } from './where.js';

/** Settings of DuckDB. As rows come in order, a second thread would only read ahead and take more memory. */
const SETTINGS = { threads: 1, memory: 2048 };

/** The virtual column with the position of a row in its file. */
const POSITION = 'file_row_number';

/** Messages of DuckDB about the file. All others are about the condition. */
const OF_THE_FILE = /^(IO|Invalid|Serialization|INTERNAL) Error: |^Invalid Input Error: .*parquet/i;

/**
 * The rows of a Parquet file in order, with all columns; with `where` only the rows for which it is true.
 * @throws StarlingError E_READ if it is not a regular file or is damaged; E_USAGE if `where` is not a condition on its columns
 */
export async function parquetRows(input: Input, options: SourceOptions): Promise<Source> {
  if (input.kind !== 'file') throw notAFile(input.name);
  const database = await openDuckDb({ ...SETTINGS, only: pathOf(input) });
  try {
    const file = sqlFile(pathOf(input));
    const { total, names } = await shapeOf(database, file, input.name);
    const { where, onIdentity } = options;
    if (onIdentity !== undefined) await tellIdentity(database, file, (text) => onIdentity(input.name, text));
    if (where !== undefined && names !== undefined) throw notInSql(names, input.name);
    const expected = where === undefined ? total : await countWhere(database, file, where, input.name);
    return { batches: batches(database, file, { total, expected, names }, input, options), count: () => total };
  } catch (error) {
    database.close();
    throw error;
  }
}

export function notAFile(file: string): StarlingError {
  const message =
    'Parquet is read from its end, so it cannot come through a pipe or as a compressed file; give the path of a regular file';
  return new StarlingError('E_READ', message, { file });
}

/** Size and columns of a file. */
interface Shape {
  /** Rows. */
  total: number;
  /** Original names of the columns, if DuckDB renames some. */
  names?: readonly DuckDbName[];
}

async function shapeOf(database: Database, file: string, name: string): Promise<Shape> {
  try {
    const total = await oneNumber(database, `SELECT num_rows FROM parquet_file_metadata(${file})`);
    return { total, names: await parquetNames(database, file) };
  } catch (cause) {
    if (cause instanceof RepeatedName || cause instanceof WideDecimal)
      throw new StarlingError('E_READ', cause.message, { file: name, field: cause.field }, cause);
    throw damaged(cause, name);
  }
}

/** Refuses a condition on a file with renamed columns, as it could use another column than the user means. */
function notInSql(columns: readonly DuckDbName[], file: string): StarlingError {
  const names = alike(columns.map(({ name }) => name)).join(', ');
  const which =
    names === ''
      ? 'columns without a name, or fields that differ only in case'
      : `columns that differ only in case (${names})`;
  const message = `--where: the file has ${which}, which SQL cannot tell apart; rename them, or leave out --where`;
  return new StarlingError('E_USAGE', message, { file });
}

/** A text that is not UTF-8 is given as an empty one. */
async function tellIdentity(database: Database, file: string, onIdentity: (text: string) => void): Promise<void> {
  const isIdentity = `key = ${sqlText(IDENTITY_KEY)}::BLOB`;
  const sql = `SELECT coalesce(try(decode(value)), '') FROM parquet_kv_metadata(${file}) WHERE ${isIdentity}`;
  for await (const { rows } of database.stream(sql)) for (const [text] of rows) onIdentity(`${text}`);
}

async function oneNumber(database: Database, sql: string): Promise<number> {
  for await (const { rows } of database.stream(sql)) for (const [number] of rows) return Number(number);
  return 0;
}

/**
 * The number of rows for which the condition is true; `undefined` if the file cannot be read to its end. Only the columns of the condition
 * are read.
 * @throws StarlingError E_USAGE if it is not a condition on the row, or cannot be computed
 */
async function countWhere(database: Database, file: string, where: string, name: string): Promise<number | undefined> {
  try {
    await checkWhere(database, where);
    return await oneNumber(database, `SELECT count(*) FROM (${rowsWhere(file, where)})`);
  } catch (cause) {
    const said = messageOf(cause);
    if (OF_THE_FILE.test(said)) return undefined;
    const message = `--where: ${said}; expected one condition on the columns of the file, such as "turns > 1"`;
    throw new StarlingError('E_USAGE', message, { file: name }, cause);
  }
}

/** The condition is on a line of its own, as it may end with a comment. The inner SELECT limits it to the columns of the file. */
function rowsWhere(file: string, where: string): string {
  return `SELECT * FROM (${rowsOf(file, `${POSITION} = true`)}) AS file WHERE (\n${where}\n)`;
}

/** Reads all columns. Folder names such as `source=web` do not become columns. */
function rowsOf(file: string, ...options: string[]): string {
  return `SELECT * FROM read_parquet(${[file, 'hive_partitioning = false', ...options].join(', ')})`;
}

/** Records at the beginning whose values are not needed cost DuckDB next to nothing. */
function firstNeeded(total: number, isDone: SourceOptions['isDone']): number {
  let first = 0;
  while (first < total && isDone?.(first)) first++;
  return first;
}

async function* batches(
  database: Database,
  file: string,
  { total, expected, names }: Shape & { expected: number | undefined },
  input: Input,
  { where, signal, onBytes, isDone }: SourceOptions,
): AsyncGenerator<Iterable<RawRecord>> {
  const from = firstNeeded(total, isDone);
  const handle = await open(pathOf(input));
  const pages = new PageChecks(handle, database, file, { firstRow: from, signal });
  const bytesEach = (input.size ?? 0) / (expected ?? total);
  let seen = 0;
  try {
    for await (const positions of passedPositions(database, file, from, where, signal)) {
      yield countedRecords(passedRecords(positions), bytesEach, onBytes);
      seen += positions.length;
    }
    for await (const chunk of database.stream(remaining(file, from, where), [], signal, names)) {
      await refuseChanged(input);
      const first = where === undefined ? seen : undefined;
      const damage = await pages.damageIn(first === undefined ? Number(chunk.last()) + 1 : first + chunk.count);
      const found = records(chunk, first, damage?.firstRow);
      yield countedRecords(found, bytesEach, onBytes);
      if (damage !== undefined) throw damage;
      seen += chunk.count;
    }
    // If a query fails after its first rows, the library's stream ends without an error, so the rows are counted.
    if (seen !== expected && !signal?.aborted) throw new Error(`it ends before row ${expected ?? total}`);
    await refuseChanged(input);
    const damage = await pages.damageIn(total);
    if (damage !== undefined) throw damage;
  } catch (cause) {
    if (cause instanceof StarlingError) throw cause;
    await refuseChanged(input);
    throw damaged(cause, input.name, cause instanceof DamagedPage ? cause.firstRow : seen);
  } finally {
    await pages.close();
    await handle.close();
    database.close();
  }
}

/** All columns of the rows from `from` on; with a condition their position comes last. */
function remaining(file: string, from: number, where: string | undefined): string {
  const all = where === undefined ? rowsOf(file) : rowsWhere(file, where);
  if (from === 0) return all;
  return where === undefined
    ? `${all} OFFSET ${from}`
    : `SELECT * FROM (${all}) AS chosen WHERE ${POSITION} >= ${from}`;
}

/** Where the rows before `from` stand for which the condition is true, some at a time. */
async function* passedPositions(
  database: Database,
  file: string,
  from: number,
  where: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly number[]> {
  if (from === 0) return;
  if (where === undefined) return yield Array.from({ length: from }, (_, position) => position);
  const sql = `SELECT ${POSITION} FROM (${rowsWhere(file, where)}) AS chosen WHERE ${POSITION} < ${from}`;
  for await (const { rows } of database.stream(sql, [], signal)) yield [...rows].map(([position]) => Number(position));
}

/** Stand for records whose values are not needed. */
function* passedRecords(positions: Iterable<number>): Generator<RawRecord> {
  for (const position of positions)
    yield { position, place: { record: position }, value: () => undefined, refused: () => undefined };
}

/**
 * @param first position of the first row; if absent, the last column has the positions
 * @param end position after the last valid row
 */
function* records(
  { columns, rows }: DuckDbChunk,
  first: number | undefined,
  end = Number.POSITIVE_INFINITY,
): Generator<RawRecord> {
  let i = 0;
  for (const values of rows) {
    const made = record(columns, values, first === undefined ? undefined : first + i++);
    if (made.position >= end) return;
    yield made;
  }
}

/** @param position position in the file; if absent, the last column has it */
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
