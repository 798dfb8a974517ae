import { createHash } from 'node:crypto';
import { openDuckDb, sqlText } from '../../src/tables/duckdb.js';

export interface Scores {
  count: number;
  /** SHA-256 of the ids and the bits of their scores, in the order of the ids. */
  digest: string;
}

/** The scores in files of rankings: one path or pattern of JSON Lines or Parquet. */
export async function scoresIn(files: string): Promise<Scores> {
  const database = await openDuckDb();
  const read = files.endsWith('.jsonl') ? 'read_json' : 'read_parquet';
  const hash = createHash('sha256');
  let count = 0;
  try {
    for await (const { rows } of database.stream(`SELECT id, scores FROM ${read}(${sqlText(files)}) ORDER BY id`)) {
      for (const [id, scores] of rows) {
        hash.update(`${id} ${Buffer.from(Float64Array.from(scores as number[]).buffer).toString('hex')}\n`);
        count++;
      }
    }
  } finally {
    database.close();
  }
  return { count, digest: hash.digest('hex') };
}
