import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDuckDb, sqlText } from '../duckdb.js';
import { StarlingError } from '../errors.js';

/** What files of data are called. */
const DATA = /\.(jsonl|ndjson|json|parquet|parq|pq|arrow|arrows|feather|ipc)$|\.(jsonl|ndjson|json)\.(gz|zst)$/i;
/** What others keep beside data: `.cache`, `_SUCCESS`. */
const HIDDEN = /(^|\/)[._]/;

/** The files of data in a folder and in its folders, by name. @throws StarlingError E_NO_INPUT if there are none */
export async function filesInFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true });
  const files = entries.filter((name) => DATA.test(name) && !HIDDEN.test(name)).sort();
  if (files.length > 0) return files.map((name) => join(folder, name));
  const message =
    'this folder has no files of data; expected names that end in .jsonl, .json, .parquet, .arrow or the like';
  throw new StarlingError('E_NO_INPUT', message, { file: folder });
}

/** Whether a path that is not there may stand for others. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** The files that a pattern stands for, by name; `**` stands for any folders. @throws StarlingError E_NO_INPUT if there are none */
export async function filesMatching(pattern: string): Promise<string[]> {
  const database = await openDuckDb();
  const files: string[] = [];
  try {
    for await (const { rows } of database.stream(`SELECT file FROM glob(${sqlText(pattern)})`)) {
      for (const [file] of rows) files.push(String(file));
    }
  } finally {
    database.close();
  }
  if (files.length > 0) return files.sort();
  throw new StarlingError('E_NO_INPUT', 'no file matches this pattern', { file: pattern });
}
