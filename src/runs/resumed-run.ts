import type { ErrorLine } from '../contracts/error-line.js';
import { RowError, StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import type { Ranking, SavedRanking } from '../contracts/ranking.js';
import type { Row } from '../contracts/row.js';
import type { LeftRankings } from '../write/ranking-writer.js';
import { SavedRankings, savedLines } from './saved-rankings.js';
import type { WrittenRankings } from './written-rankings.js';

/** Counts of the rows that an earlier run has finished. */
export interface EarlierOutcome {
  rows: number;
  skipped: Map<ErrorCode, number>;
}

/** What a resumed run needs to know about the run before it. */
export interface EarlierRows {
  left: LeftRankings;
  written: WrittenRankings;
  /** Codes of the rows in the file of rejects, by index; absent if rejects are not written. */
  rejected?: ReadonlyMap<number, ErrorCode>;
}

/** How a run is resumed. */
export interface ResumeOptions {
  /** Whether to yield the rankings of all rows again, for a command that measures them. Otherwise finished rows are not even read. */
  isReplayed: boolean;
  /** Whether a refused row gets an error in place of its ranking. */
  emits: boolean;
  /** Whether this machine may compute other bits than the machine that wrote the last row. */
  mixesMachines: boolean;
}

/**
 * Continues after the rows that an earlier run has written. FILE.partial and the rejects alone determine which rows these are, so the
 * order in which the two files reached the disk does not matter: a row that is in neither is used again.
 */
export class ResumedRun {
  readonly #earlier: EarlierRows;
  readonly #options: ResumeOptions;
  #saved: SavedRankings | undefined;
  #isLastSeen = false;

  constructor(earlier: EarlierRows, options: ResumeOptions) {
    this.#earlier = earlier;
    this.#options = options;
    const { left, written } = earlier;
    if (options.isReplayed && written.last !== undefined)
      this.#saved = new SavedRankings(savedLines(left.path, left.format));
  }

  /** The counts of the rows that `remaining` leaves out. */
  get outcome(): EarlierOutcome {
    const { rows, errors, last } = this.#earlier.written;
    const skipped = new Map<ErrorCode, number>();
    if (this.#options.isReplayed) return { rows: 0, skipped };
    const isLastRanked = last !== undefined && !errors.has(last.index);
    for (const [index, code] of errors) if (this.isDone(index)) skipped.set(code, (skipped.get(code) ?? 0) + 1);
    return { rows: rows.size - errors.size - Number(isLastRanked), skipped };
  }

  /** Whether a row can be skipped. The last row cannot: it is compared with what was written of it. */
  isDone(index: number): boolean {
    const { rows, errors, last } = this.#earlier.written;
    const isWritten = rows.has(index) && (!errors.has(index) || this.#isRefused(index));
    return !this.#options.isReplayed && isWritten && index !== last?.index;
  }

  /** The same rows, which are not done. A row that was refused before yields the same error again. */
  async *remaining(rows: AsyncIterable<Row | RowError>): AsyncGenerator<Row | RowError> {
    for await (const row of rows) yield this.#refusedBefore(row);
  }

  /** Whether the file of rejects already holds the row's error. */
  isRejected({ place: { row = -1 } }: RowError): boolean {
    return this.#earlier.rejected?.has(row) ?? false;
  }

  /** The saved scores of a row, if the file has them. */
  async known(row: Row): Promise<SavedRanking | undefined> {
    const { left, written } = this.#earlier;
    if (!written.rows.has(row.index)) return undefined;
    // The last row is scored again and compared, which shows that the model and the input are unchanged.
    if (row.index !== written.last?.index) return this.#saved?.at(row.index);
    if (!this.#options.mixesMachines) return undefined;
    const found = left.format.saved(written.last.text);
    // A row that was cut in the middle lacks some of its answers.
    return found.scores.length === row.answers.length ? found : undefined;
  }

  /** Whether a ranking still has to be written. Removes a row that was cut in the middle. @throws StarlingError E_RESUME, E_WRITE */
  async isToWrite(ranking: Ranking): Promise<boolean> {
    const { left, written } = this.#earlier;
    const { index } = ranking;
    const { last, errors } = written;
    if (last === undefined || this.#isBehindLast(index)) return true;
    if (index < last.index && !errors.has(index)) return false;
    // Throws again for a ranking that this format cannot hold.
    const text = left.text(ranking);
    if (errors.has(index)) throw this.#differs(`row ${index}, which has an error in it, has a ranking now`);
    if (text === last.text) return false;
    if (!text.startsWith(last.text)) throw this.#differs(`its last ranking is not that of row ${index} of the input`);
    await left.cut(last.start);
    return true;
  }

  /** Whether an error line still has to be written. A written one must have the same code. @throws StarlingError E_RESUME */
  isErrorToWrite({ index, error }: ErrorLine): boolean {
    if (this.#isBehindLast(index)) return true;
    if (this.#earlier.written.errors.get(index) === error.code) return false;
    throw this.#differs(`row ${index} has no ${error.code} in it, which it has now`);
  }

  /** @throws StarlingError E_RESUME if the rows ended before the last written one */
  checkComplete(): void {
    const { last } = this.#earlier.written;
    if (last === undefined || this.#isLastSeen) return;
    throw this.#differs(`it has a line of row ${last.index}, which the input does not have`);
  }

  async close(): Promise<void> {
    await this.#saved?.close();
  }

  /** Whether a refused row is in every output that it belongs in, so that it needs no further work. */
  #isRefused(index: number): boolean {
    const { written, rejected } = this.#earlier;
    const isEmitted = !this.#options.emits || written.errors.has(index);
    return isEmitted && (rejected?.has(index) ?? this.#options.emits);
  }

  /** Whether this row comes after the last written one. @throws StarlingError E_RESUME if it has no line but a later row does */
  #isBehindLast(index: number): boolean {
    const { last, rows } = this.#earlier.written;
    if (last === undefined || index > last.index) return true;
    if (!rows.has(index)) throw this.#differs(`row ${index} has no line in it, though a later row has`);
    if (index === last.index) this.#isLastSeen = true;
    return false;
  }

  #refusedBefore(row: Row | RowError): Row | RowError {
    const { written, rejected } = this.#earlier;
    if (row instanceof RowError || !this.#isRefused(row.index)) return row;
    const code = rejected?.get(row.index) ?? written.errors.get(row.index);
    return code === undefined ? row : new RowError(code, 'an earlier run refused this row', row.place);
  }

  #differs(problem: string): StarlingError {
    const remedy = 'give the inputs that it was made of, or replace it with --force';
    return new StarlingError('E_RESUME', `${problem}; ${remedy}`, { file: this.#earlier.left.path });
  }
}
