import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ArrowLayout, type ArrowType, openArrowEncoder } from '../../../src/tables/arrow-reader.js';
import { openDuckDb, sqlText } from '../../../src/tables/duckdb.js';
import { tempFolder } from '../../temp-folder.js';

/** Zstandard frames without a checksum (RFC 8878): the text as a raw block, or one repeated byte as an RLE block. */
export function zstdFrame(text: string, block: 'raw' | 'repeated' = 'raw'): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  const header = Buffer.alloc(3);
  header.writeUIntLE(1 | ((block === 'raw' ? 0 : 1) << 1) | (text.length << 3), 0, 3);
  return Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]),
    size,
    header,
    Buffer.from(block === 'raw' ? text : text[0]),
  ]);
}

export async function parquetBytes(query: string, options = 'COMPRESSION snappy'): Promise<Buffer> {
  const file = join(tempFolder(), 'made.parquet');
  const database = await openDuckDb();
  await database.run(`COPY (${query}) TO ${sqlText(file)} (FORMAT parquet, ${options})`);
  database.close();
  return readFileSync(file);
}

/** DuckDB writes it only with a setting that it calls unsafe, which our own databases do not have. */
export async function encryptedParquet(): Promise<Buffer> {
  const file = join(mkdtempSync(join(tempFolder(), 'key-')), 'made.parquet');
  const instance = await DuckDBInstance.create(':memory:', { force_mbedtls_unsafe: 'true' });
  const connection = await instance.connect();
  await connection.run("LOAD parquet; PRAGMA add_parquet_key('key', '0123456789112345')");
  const query = "SELECT 'hi' AS prompt, ['a', 'b'] AS answers";
  await connection.run(`COPY (${query}) TO ${sqlText(file)} (FORMAT parquet, ENCRYPTION_CONFIG {footer_key: 'key'})`);
  connection.closeSync();
  return readFileSync(file);
}

/** Good rows with the prompts `hi 0`, `hi 1`, …, or other rows, one batch each. */
export async function arrowBytes(
  layout: ArrowLayout,
  count: number,
  columns: Record<string, ArrowType> = { prompt: 'string', answers: { list: 'string' } },
  rows: unknown[][] = Array.from({ length: count }, (_, row) => [`hi ${row}`, ['a', 'b']]),
): Promise<Buffer> {
  const encoder = await openArrowEncoder(
    Object.entries(columns).map(([name, type]) => ({ name, type })),
    layout,
  );
  return Buffer.concat([...rows.map((row) => encoder.batch([row])), encoder.end()]);
}
