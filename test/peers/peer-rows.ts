import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';
import { syntheticMix } from '../bench/mixes.js';

/** The same rows in two formats. */
export interface PeerRows {
  jsonl: string;
  parquet: string;
}

/** Rows of random words with an id, a prompt and seven answers, as long as this share of the benchmark's rows, and some of the caller's. */
export async function writePeerRows(
  folder: string,
  count: number,
  { length = 0.1, others = [] }: { length?: number; others?: readonly object[] } = {},
): Promise<PeerRows> {
  const mix = syntheticMix(count, length).rows.map((row, i) => ({ id: `row-${String(i).padStart(5, '0')}`, ...row }));
  const rows = [...mix, ...others];
  const files = { jsonl: join(folder, 'rows.jsonl'), parquet: join(folder, 'rows.parquet') };
  await writeFile(files.jsonl, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const database = await openDuckDb();
  await database.run(`COPY (FROM read_json(${sqlText(files.jsonl)})) TO ${sqlText(files.parquet)} (FORMAT parquet)`);
  database.close();
  return files;
}
