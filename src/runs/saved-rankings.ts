import { ErrorLine } from '../contracts/error-line.js';
import { RowError } from '../contracts/errors.js';
import type { SavedRanking } from '../contracts/ranking.js';
import { LIMITS, openInputs } from '../read/inputs/inputs.js';
import { readRankings } from '../read/rankings.js';
import { fileLines } from '../write/files/file-lines.js';
import type { Format } from '../write/format.js';
import type { TextFormat } from '../write/text-format.js';
import { TEXT_FORMATS } from '../write/text-formats.js';

const MEBIBYTE = 2 ** 20;

/** Looks up the rankings of an output by index. Indexes must be asked for in ascending order; the answers come in the same order. */
export class SavedRankings {
  readonly #rankings: AsyncGenerator<SavedRanking>;
  #next: SavedRanking | undefined;
  #isEnded = false;
  #asked: Promise<unknown> = Promise.resolve();

  constructor(rankings: AsyncGenerator<SavedRanking>) {
    this.#rankings = rankings;
  }

  /** `undefined` where the output has no such row. */
  at(index: number): Promise<SavedRanking | undefined> {
    const found = this.#asked.then(() => this.#find(index));
    this.#asked = found.catch(() => {});
    return found;
  }

  async close(): Promise<void> {
    await this.#rankings.return(undefined);
  }

  async #find(index: number): Promise<SavedRanking | undefined> {
    while (!this.#isEnded && (this.#next === undefined || this.#next.index < index)) {
      const { done, value } = await this.#rankings.next();
      this.#isEnded = done ?? false;
      this.#next = done ? undefined : value;
    }
    return this.#next?.index === index ? this.#next : undefined;
  }
}

/** The rankings of a complete file. */
export function savedIn(path: string, format: Format): AsyncGenerator<SavedRanking> {
  return format === 'parquet' || format === 'arrow' ? savedColumns(path) : savedLines(path, TEXT_FORMATS[format]);
}

/** The rankings of a text file. The lines of a row are adjacent. */
export async function* savedLines(path: string, { index, saved }: TextFormat): AsyncGenerator<SavedRanking> {
  let row: { index: string; text: string } | undefined;
  for await (const bytes of fileLines(path)) {
    const line = bytes.toString();
    const [, found] = index.exec(line) ?? [];
    if (found === undefined) continue;
    if (row?.index === found) row.text += line;
    else {
      if (row !== undefined) yield saved(row.text);
      row = { index: found, text: line };
    }
  }
  if (row !== undefined) yield saved(row.text);
}

/** Reads Parquet and Arrow. @throws RowError, StarlingError E_READ for a file that `score` did not write */
async function* savedColumns(path: string): AsyncGenerator<SavedRanking> {
  const options = { ...LIMITS, maxLineBytes: Math.max(LIMITS.maxLineBytes, 256 * MEBIBYTE) };
  for await (const ranking of readRankings(await openInputs([path]), options)) {
    if (ranking instanceof RowError) throw ranking;
    if (ranking instanceof ErrorLine) continue;
    yield { index: ranking.index, scores: ranking.scores, truncated: ranking.truncated ?? [] };
  }
}
