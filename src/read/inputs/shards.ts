import { StarlingError } from '../../contracts/errors.js';
import { openDuckDb, sqlText } from '../../tables/duckdb.js';

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
