import { resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import { messageOf } from '../contracts/errors.js';
import { bytesText, plainInteger } from '../json/json-text.js';
import { decimalValue } from './decimal-value.js';
import { timestampText } from './time-text.js';

type Library = typeof import('@duckdb/node-api');

/** What a value of DuckDB becomes: a map is a list of `{ key, value }`; what JSON does not know, as dates, is DuckDB's text of it. */
export type DuckDbValue = string | number | bigint | boolean | null | DuckDbValue[] | { [key: string]: DuckDbValue };

/** What may stand for a `?` in SQL. */
export type DuckDbParameter = string | number | bigint | boolean | null;

/** Some rows of a result, each with a value a column. They are made as they are asked for, so that those not yet wanted stay packed. */
export interface DuckDbChunk {
  columns: readonly string[];
  rows: Iterable<DuckDbValue[]>;
  count: number;
  /** The value of the last column in the last row. */
  last(): DuckDbValue;
}

/**
 * What a column is called where DuckDB calls it otherwise: it takes names for equal that differ only in case, and numbers them. `fields`
 * are those of a struct, the item of a list, or the key and the value of a map.
 */
export interface DuckDbName {
  name: string;
  fields: readonly DuckDbName[];
}

export interface DuckDbSettings {
  /** Threads it computes with. */
  threads: number;
  /** Mebibytes it holds before it gives up: nothing is spilled, so nothing is left behind however the process ends. */
  memory: number;
  /** The one file that SQL can read; it can write none. If absent, any. */
  only?: string;
}

/** A database in memory: a way to read and write files by SQL. Errors are an `Error` of one line. */
export interface Database {
  /** Runs one or more statements to their end. */
  run(sql: string, parameters?: readonly DuckDbParameter[]): Promise<void>;
  /**
   * The rows of a query, in its order, some thousand at a time and as they are asked for. Leaving early stops the query; an abort
   * ends the rows without an error. Several streams may be open at once.
   * @param names of the first columns, as a file has them
   */
  stream(
    sql: string,
    parameters?: readonly DuckDbParameter[],
    signal?: AbortSignal,
    names?: readonly DuckDbName[],
  ): AsyncGenerator<DuckDbChunk>;
  close(): void;
}

/** Some 4,000 rows. */
const CHUNKS_BETWEEN_COLLECTIONS = 2;

/**
 * Loads the native library and opens a database. It never goes to the network, loads no extension, reads and leaves nothing in the
 * home folder, and keeps the order of rows.
 */
export async function openDuckDb(settings: DuckDbSettings = { threads: 2, memory: 512 }): Promise<Database> {
  const { threads, memory, only } = settings;
  const library = await loadLibrary();
  const instance = await library.DuckDBInstance.create(':memory:', {
    threads: `${threads}`,
    memory_limit: `${memory}MiB`,
    temp_directory: '',
    // Else a page of a hundred megabytes that was read stays with the allocator, several times over.
    allocator_flush_threshold: '1MiB',
    allocator_bulk_deallocation_flush_threshold: '1MiB',
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_persistent_secrets: 'false',
  });
  const run: Database['run'] = async (sql, parameters = []) => {
    const connection = await instance.connect();
    try {
      await connection.run(sql, [...parameters]);
    } catch (error) {
      throw oneLine(error);
    } finally {
      connection.closeSync();
    }
  };
  // A list is no setting that a database can be opened with.
  if (only !== undefined) await run(`SET allowed_paths = [${namesInSql(only)}]; SET enable_external_access = false`);
  await run('SET lock_configuration = true');
  return {
    run,
    async *stream(sql, parameters = [], signal, names = []) {
      if (signal?.aborted) return;
      const connection = await instance.connect();
      const interrupt = () => connection.interrupt();
      signal?.addEventListener('abort', interrupt);
      try {
        for await (const chunk of chunks(library, connection, { sql, parameters, names })) {
          if (signal?.aborted) return;
          yield chunk;
        }
      } catch (error) {
        if (!signal?.aborted) throw oneLine(error);
      } finally {
        signal?.removeEventListener('abort', interrupt);
        connection.closeSync();
      }
    },
    close() {
      instance.closeSync();
      collectGarbage();
    },
  };
}

/** Its decoder drops a byte order mark at the beginning of a text, as if each were a file. */
async function loadLibrary(): Promise<Library> {
  const { default: accessors } = await import('@duckdb/node-api/lib/vectors/dataAccessors.js');
  Object.assign(accessors, { textDecoder: new TextDecoder('utf-8', { ignoreBOM: true }) });
  return import('@duckdb/node-api');
}

/** Text as it stands in SQL, where a parameter cannot. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A file as it stands in SQL: an absolute path is no address, and in brackets `*` is no pattern. */
export function sqlFile(path: string): string {
  return sqlText(resolve(path).replaceAll(/[*?[]/g, '[$&]'));
}

/** Both the pattern and what it stands for have to be allowed. */
function namesInSql(path: string): string {
  return `${sqlText(resolve(path))}, ${sqlFile(path)}`;
}

/** A column's or a field's name as it stands in SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

interface Query {
  sql: string;
  parameters: readonly DuckDbParameter[];
  names: readonly DuckDbName[];
}

async function* chunks(
  library: Library,
  connection: DuckDBConnection,
  { sql, parameters, names }: Query,
): AsyncGenerator<DuckDbChunk> {
  const result = await connection.stream(sql, [...parameters]);
  const columns = result.columnNames().map((column, c) => names[c]?.name ?? column);
  for (let count = 1; ; count++) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    const { columnCount, rowCount } = chunk;
    const last = () => valueIn(library, columnOf(library, chunk, columnCount - 1, names), rowCount - 1);
    yield { columns, rows: rowsOf(library, chunk, names), count: rowCount, last };
    // What a chunk holds outside of the heap is not seen by the collector, which leaves a gigabyte of them for a few small objects.
    chunk.reset();
    if (count % CHUNKS_BETWEEN_COLLECTIONS === 0) collectGarbage();
  }
}

/** Node gives no other way to ask for it in a process that was started without `--expose-gc`. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

function* rowsOf(library: Library, chunk: DuckDBDataChunk, names: readonly DuckDbName[]): Generator<DuckDbValue[]> {
  const columns = Array.from({ length: chunk.columnCount }, (_, c) => columnOf(library, chunk, c, names));
  for (let row = 0; row < chunk.rowCount; row++) yield columns.map((column) => valueIn(library, column, row));
}

interface Column {
  vector: DuckDBVector;
  fields: Fields;
}

function columnOf(library: Library, chunk: DuckDBDataChunk, c: number, names: readonly DuckDbName[]): Column {
  const vector = chunk.getColumnVector(c);
  return { vector, fields: fieldsOf(library, vector.type, names[c]) };
}

function valueIn(library: Library, { vector, fields }: Column, row: number): DuckDbValue {
  return plain(library, vector.getItem(row), fields);
}

/** What is in a type: the fields of a struct by their names, the item of a list, the key and the value of a map. */
interface Fields {
  names: readonly string[];
  inside: readonly Fields[];
}

/**
 * Numbers the fields of structs for the library, which puts them into an object by their names: there `1` would come before `a`, and
 * `__proto__` would be no field.
 */
function fieldsOf(library: Library, type: DuckDBType, name?: DuckDbName): Fields {
  const inside = (types: readonly DuckDBType[]) => types.map((one, i) => fieldsOf(library, one, name?.fields[i]));
  if (type instanceof library.DuckDBStructType) {
    const { entryNames, entryTypes } = type;
    if (name !== undefined && name.fields.length !== entryNames.length)
      throw new Error(`${name.name} has other fields`);
    Object.assign(type, { entryNames: entryNames.map((_, i) => `${i}`) });
    return { names: entryNames.map((entry, i) => name?.fields[i].name ?? entry), inside: inside(entryTypes) };
  }
  if (type instanceof library.DuckDBListType || type instanceof library.DuckDBArrayType)
    return { names: [], inside: inside([type.valueType]) };
  if (type instanceof library.DuckDBMapType) return { names: [], inside: inside([type.keyType, type.valueType]) };
  if (type instanceof library.DuckDBUnionType) return { names: type.memberTags, inside: inside(type.memberTypes) };
  return { names: [], inside: [] };
}

function plain(library: Library, value: DuckDBValue, { names, inside }: Fields): DuckDbValue {
  if (typeof value === 'bigint') return plainInteger(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof library.DuckDBListValue || value instanceof library.DuckDBArrayValue) {
    return value.items.map((item) => plain(library, item, inside[0]));
  }
  if (value instanceof library.DuckDBStructValue) {
    const { entries } = value;
    return Object.fromEntries(names.map((name, i) => [name, plain(library, entries[i], inside[i])]));
  }
  if (value instanceof library.DuckDBMapValue) {
    return value.entries.map((entry) => ({
      key: plain(library, entry.key, inside[0]),
      value: plain(library, entry.value, inside[1]),
    }));
  }
  if (value instanceof library.DuckDBUnionValue) return plain(library, value.value, inside[names.indexOf(value.tag)]);
  if (value instanceof library.DuckDBDecimalValue) return decimalValue(`${value}`);
  // The library's own text is that of this machine's zone.
  if (value instanceof library.DuckDBTimestampTZValue && value.isFinite) return timestampText(value.micros, 6, true);
  if (value instanceof library.DuckDBBlobValue) return bytesText(value.bytes);
  return `${value}`;
}

/** The first line says what happened; the others show the SQL, which is ours. */
function oneLine(error: unknown): Error {
  const [message] = messageOf(error).split('\n');
  return new Error(message.replace(/^Failed to extract statements: /, ''), { cause: error });
}
