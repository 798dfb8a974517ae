import type { ErrorLine } from '../contracts/error-line.js';
import { RowError, StarlingError } from '../contracts/errors.js';
import type { ErrorCode } from '../contracts/exit-codes.js';
import type { Ranking, SavedRanking } from '../contracts/ranking.js';
import type { Row } from '../contracts/row.js';
import { DoneRow } from '../read/records/row-place.js';
import type { LeftRankings } from '../write/ranking-writer.js';
import { SavedRankings, savedLines } from './saved-rankings.js';
import type { WrittenRankings } from './written-rankings.js';

/** Counts of the rows that an earlier run has finished. */
export interface EarlierOutcome {
  rows: number;
  skipped: Map<ErrorCode, number>;
}

/** What an earlier run has left, as far as a run that goes on with it needs to know. */
export interface EarlierRows {
  left: LeftRankings;
  written: WrittenRankings;
  /** Codes of the rows in the file of rejects, by index; absent if rejects are not written. */
  rejected?: ReadonlyMap<number, ErrorCode>;
}

/** How a run goes on. */
export interface ResumeOptions {
  /** Gives the rankings of all rows anew, as a command that measures them needs; else rows that are done are not even read. */
  isReplayed: boolean;
  /** Whether a refused row gets an error in place of its ranking. */
  emits: boolean;
  /** Whether this machine may compute other bits than the one that wrote the last row. */
  mixesMachines: boolean;
}

/**
 * Goes on behind the rows that an earlier run has written. Which rows these are is known from FILE.partial and the rejects alone, so
 * nothing rests on the order in which two files reached the disk: a row that is in neither is used again.
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

  /** Rows that are written. */
  get rowsBefore(): number {
    return this.#earlier.written.rows.size;
  }

  /** Rows that `remaining` drops, which are counted here. */
  get outcome(): EarlierOutcome {
    const { rows, errors, last } = this.#earlier.written;
    const skipped = new Map<ErrorCode, number>();
    if (this.#options.isReplayed) return { rows: 0, skipped };
    const isLastRanked = last !== undefined && !errors.has(last.index);
    for (const [index, code] of errors) if (this.isDone(index)) skipped.set(code, (skipped.get(code) ?? 0) + 1);
    return { rows: rows.size - errors.size - Number(isLastRanked), skipped };
  }

  /** Whether a row needs not be read. The last one is, to be compared with what was written of it. */
  isDone(index: number): boolean {
    const { rows, errors, last } = this.#earlier.written;
    const isWritten = rows.has(index) && (!errors.has(index) || this.#isRefused(index));
    return !this.#options.isReplayed && isWritten && index !== last?.index;
  }

  /** The rows that are not done; one that was refused is the error that it was. */
  async *remaining(rows: AsyncIterable<Row | RowError | DoneRow>): AsyncGenerator<Row | RowError> {
    for await (const row of rows) if (!(row instanceof DoneRow)) yield this.#refusedBefore(row);
  }

  /** Whether a row's error is in the file of rejects already. */
  isRejected({ place: { row = -1 } }: RowError): boolean {
    return this.#earlier.rejected?.has(row) ?? false;
  }

  /** The rewards of a row, where they are in the file. */
  async known(row: Row): Promise<SavedRanking | undefined> {
    const { left, written } = this.#earlier;
    if (!written.rows.has(row.index)) return undefined;
    // The last row is scored again, to be compared: it shows that model and input are what they were.
    if (row.index !== written.last?.index) return this.#saved?.at(row.index);
    if (!this.#options.mixesMachines) return undefined;
    const found = left.format.saved(written.last.text);
    // Of a row that was cut in its middle not all answers are there.
    return found.scores.length === row.answers.length ? found : undefined;
  }

  /** Whether a ranking is not written yet. What was cut in its middle is removed. @throws StarlingError E_RESUME, E_WRITE */
  async isToWrite(ranking: Ranking): Promise<boolean> {
    const { left, written } = this.#earlier;
    const { index } = ranking;
    const { last, errors } = written;
    if (last === undefined || this.#isBehindLast(index)) return true;
    if (index < last.index && !errors.has(index)) return false;
    // What cannot be written is refused again.
    const text = left.text(ranking);
    if (errors.has(index)) throw this.#differs(`row ${index}, which has an error in it, has a ranking now`);
    if (text === last.text) return false;
    if (!text.startsWith(last.text)) throw this.#differs(`its last ranking is not that of row ${index} of the input`);
    await left.cut(last.start);
    return true;
  }

  /** Whether an error in place of a ranking is not written yet. Of one that is, the code must be the same. @throws StarlingError E_RESUME */
  isErrorToWrite({ index, error }: ErrorLine): boolean {
    if (this.#isBehindLast(index)) return true;
    if (this.#earlier.written.errors.get(index) === error.code) return false;
    throw this.#differs(`row ${index} has no ${error.code} in it, which it has now`);
  }

  /** @throws StarlingError E_RESUME if the rows ended before the last one that is written */
  checkComplete(): void {
    const { last } = this.#earlier.written;
    if (last === undefined || this.#isLastSeen) return;
    throw this.#differs(`it has a line of row ${last.index}, which the input does not have`);
  }

  async close(): Promise<void> {
    await this.#saved?.close();
  }

  /** Whether a row stands wherever a refused row is written, so that nothing is to be made of it. */
  #isRefused(index: number): boolean {
    const { written, rejected } = this.#earlier;
    const isEmitted = !this.#options.emits || written.errors.has(index);
    return isEmitted && (rejected?.has(index) ?? this.#options.emits);
  }

  /** Whether no row from this one on is written. @throws StarlingError E_RESUME for a row that is left out before the last one */
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
