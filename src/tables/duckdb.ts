import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBValue, DuckDBVector } from '@duckdb/node-api';
import { messageOf } from '../contracts/errors.js';
import { bytesText, plainInteger } from '../json/json-text.js';
import { decimalValue } from './decimal-value.js';
import { timestampText } from './time-text.js';

type Library = typeof import('@duckdb/node-api');

/** A DuckDB value in JSON's types. A map becomes a list of `{ key, value }`; types that JSON lacks, such as dates, become DuckDB's text. */
export type DuckDbValue = string | number | bigint | boolean | null | DuckDbValue[] | { [key: string]: DuckDbValue };

/** A value for a `?` in SQL. */
export type DuckDbParameter = string | number | bigint | boolean | null;

/** Some rows of a result, with one value for each column. A row is decoded when the iterator reaches it, to save memory. */
export interface DuckDbChunk {
  columns: readonly string[];
  rows: Iterable<DuckDbValue[]>;
  count: number;
  /** The value of the last column in the last row. */
  last(): DuckDbValue;
}

/**
 * The original name of a column. DuckDB renames columns whose names differ only in case, by adding a number. `fields` are the fields of a
 * struct, the item of a list, or the key and the value of a map.
 */
export interface DuckDbName {
  name: string;
  fields: readonly DuckDbName[];
}

export interface DuckDbSettings {
  /** Number of threads for queries. */
  threads: number;
  /**
   * Memory limit in MiB. Without a folder, a query that needs more fails: nothing is spilled to disk, so no files remain however the process
   * ends.
   */
  memory: number;
  /** The only file that SQL can read; it can then write none. If absent, SQL can read and write any file. */
  only?: string;
  /** A folder for the database and what does not fit into memory. If absent, the database is in memory. The caller removes the folder. */
  folder?: string;
}

/** Adds rows to a table. */
export interface DuckDbAppender {
  /** One value for each column. */
  add(values: readonly (bigint | string | null)[]): void;
  /** Writes what is left. Until then the rows are not there. */
  close(): void;
}

/** A database to read and write files by SQL. Failed statements throw an `Error` with a message of one line. */
export interface Database {
  /** Runs one or more statements to their end. */
  run(sql: string, parameters?: readonly DuckDbParameter[]): Promise<void>;
  /**
   * Streams the rows of a query in order, some thousand in a chunk. Leaving the iteration stops the query. An abort ends the iteration
   * without an error. Several streams may be open at once.
   * @param names original names of the first columns
   */
  stream(
    sql: string,
    parameters?: readonly DuckDbParameter[],
    signal?: AbortSignal,
    names?: readonly DuckDbName[],
  ): AsyncGenerator<DuckDbChunk>;
  append(table: string): Promise<DuckDbAppender>;
  close(): void;
}

/** Two chunks have some 4,000 rows. */
const CHUNKS_BETWEEN_COLLECTIONS = 2;

/**
 * Loads the native library and opens a database that keeps the order of rows. The database does not use the network, extensions or the
 * home folder.
 */
export async function openDuckDb(settings: DuckDbSettings = { threads: 2, memory: 512 }): Promise<Database> {
  const { threads, memory, only, folder } = settings;
  const library = await loadLibrary();
  const instance = await library.DuckDBInstance.create(folder === undefined ? ':memory:' : join(folder, 'database'), {
    threads: `${threads}`,
    memory_limit: `${memory}MiB`,
    temp_directory: folder ?? '',
    // With the defaults, the allocator keeps several times the size of a page of a hundred megabytes after the page was read.
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
  // `create` does not take a list as the value of a setting.
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
    async append(table) {
      const connection = await instance.connect();
      const appender = await connection.createAppender(table);
      return {
        add(values) {
          for (const value of values) {
            if (value === null) appender.appendNull();
            else if (typeof value === 'string') appender.appendVarchar(value);
            else appender.appendBigInt(value);
          }
          appender.endRow();
        },
        close() {
          appender.closeSync();
          connection.closeSync();
        },
      };
    },
    close() {
      instance.closeSync();
      collectGarbage();
    },
  };
}

/** Replaces the library's text decoder, which drops a byte order mark at the beginning of each text. */
async function loadLibrary(): Promise<Library> {
  const { default: accessors } = await import('@duckdb/node-api/lib/vectors/dataAccessors.js');
  Object.assign(accessors, { textDecoder: new TextDecoder('utf-8', { ignoreBOM: true }) });
  return import('@duckdb/node-api');
}

/** A string literal in SQL, for places where a parameter is not allowed. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A file path in SQL. It is absolute, so that DuckDB does not take it for a URL, and its glob characters are escaped. */
export function sqlFile(path: string): string {
  return sqlText(resolve(path).replaceAll(/[*?[]/g, '[$&]'));
}

/** Both the escaped pattern and the path that it matches have to be allowed. */
function namesInSql(path: string): string {
  return `${sqlText(resolve(path))}, ${sqlFile(path)}`;
}

/** A quoted name of a column or field in SQL. */
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
    // The garbage collector does not see a chunk's memory outside the heap: it lets a gigabyte of dead chunks pile up.
    chunk.reset();
    if (count % CHUNKS_BETWEEN_COLLECTIONS === 0) collectGarbage();
  }
}

/** Runs the garbage collector. In a process that was started without `--expose-gc`, Node offers no other way. */
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

/** The children of a type: the named fields of a struct, the item of a list, or the key and the value of a map. */
interface Fields {
  names: readonly string[];
  inside: readonly Fields[];
}

/**
 * Renames the fields of structs to numbers for the library, which makes an object of them. With their own names, `1` would come before
 * `a`, and `__proto__` would be lost.
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
  // The library's own text is in the local time zone.
  if (value instanceof library.DuckDBTimestampTZValue && value.isFinite) return timestampText(value.micros, 6, true);
  if (value instanceof library.DuckDBBlobValue) return bytesText(value.bytes);
  return `${value}`;
}

/** Keeps the first line of a message. The other lines show our own SQL, which users did not write. */
function oneLine(error: unknown): Error {
  const [message] = messageOf(error).split('\n');
  return new Error(message.replace(/^Failed to extract statements: /, ''), { cause: error });
}
