import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { DuckDBConnection, DuckDBDataChunk, DuckDBValue } from '@duckdb/node-api';
import { bytesText, plainInteger } from './json-text.js';
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
}

export interface DuckDbSettings {
  /** Threads it computes with. */
  threads: number;
  /** Mebibytes it holds before it spills into the temporary folder or gives up. */
  memory: number;
}

/** A database in memory: a way to read and write files by SQL. Errors are an `Error` of one line. */
export interface Database {
  /** Runs one or more statements to their end. */
  run(sql: string, parameters?: readonly DuckDbParameter[]): Promise<void>;
  /**
   * The rows of a query, in its order, some thousand at a time and as they are asked for. Leaving early stops the query; an abort
   * ends the rows without an error. Several streams may be open at once.
   */
  stream(sql: string, parameters?: readonly DuckDbParameter[], signal?: AbortSignal): AsyncGenerator<DuckDbChunk>;
  close(): void;
}

/** Numbers of more digits are not what a double shows. */
const DIGITS_OF_DOUBLE = 15;

/** Some 4,000 rows. */
const CHUNKS_BETWEEN_COLLECTIONS = 2;

/**
 * Loads the native library and opens a database. It never goes to the network, loads no extension, reads and leaves nothing in the
 * home folder, and keeps the order of rows.
 */
export async function openDuckDb({ threads, memory }: DuckDbSettings = { threads: 2, memory: 512 }): Promise<Database> {
  const library = await loadLibrary();
  const instance = await library.DuckDBInstance.create(':memory:', {
    threads: `${threads}`,
    memory_limit: `${memory}MiB`,
    // Made when it is needed, and gone when the database is closed.
    temp_directory: join(tmpdir(), `starling-rm-${randomUUID()}`),
    // Else a page of a hundred megabytes that was read stays with the allocator, several times over.
    allocator_flush_threshold: '1MiB',
    allocator_bulk_deallocation_flush_threshold: '1MiB',
    preserve_insertion_order: 'true',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_persistent_secrets: 'false',
    lock_configuration: 'true',
  });
  return {
    async run(sql, parameters = []) {
      const connection = await instance.connect();
      try {
        await connection.run(sql, [...parameters]);
      } catch (error) {
        throw oneLine(error);
      } finally {
        connection.closeSync();
      }
    },
    async *stream(sql, parameters = [], signal) {
      if (signal?.aborted) return;
      const connection = await instance.connect();
      const interrupt = () => connection.interrupt();
      signal?.addEventListener('abort', interrupt);
      try {
        for await (const chunk of chunks(library, connection, sql, parameters)) {
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

/** A column's or a field's name as it stands in SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function* chunks(
  library: Library,
  connection: DuckDBConnection,
  sql: string,
  parameters: readonly DuckDbParameter[],
): AsyncGenerator<DuckDbChunk> {
  const result = await connection.stream(sql, [...parameters]);
  const columns = result.columnNames();
  for (let count = 1; ; count++) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield { columns, rows: rowsOf(library, chunk), count: chunk.rowCount };
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

function* rowsOf(library: Library, chunk: DuckDBDataChunk): Generator<DuckDbValue[]> {
  const vectors = Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnVector(column));
  for (let row = 0; row < chunk.rowCount; row++) yield vectors.map((vector) => plain(library, vector.getItem(row)));
}

function plain(library: Library, value: DuckDBValue): DuckDbValue {
  if (typeof value === 'bigint') return plainInteger(value);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof library.DuckDBListValue || value instanceof library.DuckDBArrayValue) {
    return value.items.map((item) => plain(library, item));
  }
  if (value instanceof library.DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([name, field]) => [name, plain(library, field)]));
  }
  if (value instanceof library.DuckDBMapValue) {
    return value.entries.map((entry) => ({ key: plain(library, entry.key), value: plain(library, entry.value) }));
  }
  if (value instanceof library.DuckDBUnionValue) return plain(library, value.value);
  if (value instanceof library.DuckDBDecimalValue) return decimal(`${value}`);
  // The library's own text is that of this machine's zone.
  if (value instanceof library.DuckDBTimestampTZValue && value.isFinite) return timestampText(value.micros, 6, true);
  if (value instanceof library.DuckDBBlobValue) return bytesText(value.bytes);
  return `${value}`;
}

/** A number where a double has all of its digits. */
function decimal(text: string): number | string {
  return text.replaceAll(/\D/g, '').replace(/^0+/, '').length <= DIGITS_OF_DOUBLE ? Number(text) : text;
}

/** The first line says what happened; the others show the SQL, which is ours. */
function oneLine(error: unknown): Error {
  const [message] = (error instanceof Error ? error.message : String(error)).split('\n');
  return new Error(message.replace(/^Failed to extract statements: /, ''), { cause: error });
}
