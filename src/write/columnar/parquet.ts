import { resolve } from 'node:path';
import type { ArrowType } from '../../tables/arrow-reader.js';
import { openDuckDb, sqlFile, sqlName, sqlText } from '../../tables/duckdb.js';
import type { Spool } from './spooled-lines.js';

const MEBIBYTE = 2 ** 20;

/** Limits of a row group, which is held in memory until it is written: bytes of JSON, and the number of rows of DuckDB's default. */
const ROW_GROUP_BYTES = 32 * MEBIBYTE;
const MOST_ROWS_OF_GROUP = 122_880;

/** In MiB: several times what was measured. Long lines get more. One thread is as fast as two, and needs less memory. */
const MEMORY = 1024;
const LEAST_LINE_BYTES = 16 * MEBIBYTE;
const LINES_IN_MEMORY = 8;

const SQL_TYPES = { boolean: 'BOOLEAN', int32: 'INTEGER', int64: 'BIGINT', double: 'DOUBLE', string: 'VARCHAR' };

/**
 * Writes a spool as Parquet, compressed with Zstandard, with its rows in order. All types are given, so that texts that look like dates
 * stay texts.
 *
 * @throws Error with a message of one line
 */
export async function convertToParquet(spool: Spool, to: string): Promise<void> {
  const line = Math.max(LEAST_LINE_BYTES, spool.longest + 1);
  const memory = MEMORY + Math.ceil((LINES_IN_MEMORY * line) / MEBIBYTE);
  const database = await openDuckDb({ threads: 1, memory });
  try {
    await database.run(
      `COPY (${query(spool, line)}) TO ${sqlText(resolve(to))}
      (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroup(spool)}, USE_TMP_FILE false${metadataOption(spool)})`,
    );
  } finally {
    database.close();
  }
}

function query({ path, columns }: Spool, line: number): string {
  const types = columns.map(({ name, type, json }) => `${sqlName(name)}: ${sqlText(json ? 'JSON' : sqlType(type))}`);
  const selected = columns.map(({ name, json }) =>
    json ? `${sqlName(name)}::VARCHAR AS ${sqlName(name)}` : sqlName(name),
  );
  return `SELECT ${selected.join(', ')} FROM read_json(${sqlFile(path)},
    format = 'newline_delimited', compression = 'uncompressed', columns = {${types.join(', ')}}, maximum_object_size = ${line})`;
}

function metadataOption({ metadata }: Spool): string {
  const pairs = [...metadata].map(([key, text]) => `${sqlName(key)}: ${sqlText(text)}`);
  return pairs.length === 0 ? '' : `, KV_METADATA {${pairs.join(', ')}}`;
}

function rowGroup({ rows, bytes }: Spool): number {
  return Math.min(MOST_ROWS_OF_GROUP, Math.max(1, Math.floor((ROW_GROUP_BYTES * rows) / Math.max(1, bytes))));
}

function sqlType(type: ArrowType): string {
  if (typeof type === 'string') return SQL_TYPES[type];
  if ('list' in type) return `${sqlType(type.list)}[]`;
  return `STRUCT(${[...type.struct].map(([name, field]) => `${sqlName(name)} ${sqlType(field)}`).join(', ')})`;
}
