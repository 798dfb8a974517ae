import { ErrorLine } from '../contracts/error-line.js';
import { RowError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import type { KnownScores } from '../contracts/ranking.js';
import { LIMITS, openInputs } from '../read/inputs/inputs.js';
import { readRankings } from '../read/rankings.js';
import { fileLines } from '../write/files/file-lines.js';
import type { Format } from '../write/format.js';

/** A row in an output. */
export interface SavedRanking extends KnownScores {
  index: number;
  /** In place of scores, where `--on-error emit` wrote an error. */
  error?: ErrorCode;
}

const NEWLINE_END = /\n$/;
const MEBIBYTE = 2 ** 20;

/** Looks up the rankings of an output by index. Indexes are asked for in ascending order; answers come in that order too. */
export class SavedRankings {
  readonly #rankings: AsyncGenerator<SavedRanking>;
  #next: SavedRanking | undefined;
  #isEnded = false;
  #asked: Promise<unknown> = Promise.resolve();

  constructor(path: string, format: Format) {
    this.#rankings = format === 'tsv' ? ofTsv(path) : format === 'jsonl' ? ofLines(path) : ofColumns(path);
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

async function* ofLines(path: string): AsyncGenerator<SavedRanking> {
  for await (const line of fileLines(path)) yield savedInJson(line.toString());
}

/** A line that this tool wrote. */
export function savedInJson(line: string): SavedRanking {
  const { index, scores = [], truncated = [], error } = JSON.parse(line);
  return { index, scores, truncated, ...(scores.length === 0 && error && { error: error.code }) };
}

async function* ofTsv(path: string): AsyncGenerator<SavedRanking> {
  let lines: string[] = [];
  for await (const line of fileLines(path)) {
    const text = line.toString();
    if (lines.length > 0 && !sameRow(lines[0], text)) {
      yield savedInTsv(lines.join(''));
      lines = [];
    }
    if (/^\d/.test(text)) lines.push(text);
  }
  if (lines.length > 0) yield savedInTsv(lines.join(''));
}

function sameRow(a: string, b: string): boolean {
  return a.slice(0, a.indexOf('\t')) === b.slice(0, b.indexOf('\t'));
}

/** The lines of a row's answers, as this tool wrote them: see `src/write/tsv.ts`. */
export function savedInTsv(text: string): SavedRanking {
  const lines = text.replace(NEWLINE_END, '').split('\n');
  const cells = lines.map((line) => line.split('\t'));
  const [INDEX, SCORE, TRUNCATED] = [0, 6, 11];
  return {
    index: Number(cells[0][INDEX]),
    scores: cells.map((row) => Number(row[SCORE])),
    truncated: cells.flatMap((row, answer) => (row[TRUNCATED] === 'true' ? [answer] : [])),
  };
}

/** Parquet and Arrow. @throws RowError, StarlingError E_READ for what is not an output of `score` */
async function* ofColumns(path: string): AsyncGenerator<SavedRanking> {
  const options = { ...LIMITS, maxLineBytes: Math.max(LIMITS.maxLineBytes, 256 * MEBIBYTE) };
  for await (const ranking of readRankings(await openInputs([path]), options)) {
    if (ranking instanceof RowError) throw ranking;
    if (ranking instanceof ErrorLine) continue;
    yield { index: ranking.index, scores: ranking.scores, truncated: ranking.truncated ?? [] };
  }
}
