import { RowError } from '../../../contracts/errors.js';
import type { ScoredRow } from '../../../score/scorer.js';
import type { ConsoleSettings } from '../settings.js';
import { tell } from '../tell.js';
import { CLEAR_LINE, drawLine, isShown, leftText, percentText, REDRAW } from './progress-line.js';
import { Rate } from './rate.js';

/** Reports the progress of scoring. `drawing`, `entering` and `leaving` pass on every item that they get. */
export interface Progress {
  /** Adds bytes that were read from the files. */
  readonly read: (bytes: number) => void;
  /** Adds the answers and tokens of a scored row. */
  readonly scored: (row: ScoredRow) => void;
  /** For rows that are read before any is scored, as for `--sample`. */
  drawing<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
  /** Prints a line on standard error. The progress line is cleared first. */
  tell(line: string): void;
  /** For rows before scoring. */
  entering<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
  /** For rankings after scoring. */
  leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item>;
}

const SILENT: Progress = {
  read: () => {},
  scored: () => {},
  drawing: (rows) => rows,
  tell,
  entering: (rows) => rows,
  leaving: (rankings) => rankings,
};

/** The amount of work. */
export interface ProgressEnd {
  /** Size of all files; NaN if unknown, as for a pipe. */
  bytes: number;
  /** The largest number of rows to read. */
  limit?: number;
  /** The number of rows to draw from those; absent if all are used. */
  sample?: number;
}

/** A progress line on standard error if that is a terminal, otherwise nothing. */
export function openProgress(console: ConsoleSettings, end: ProgressEnd): Progress {
  return isShown(console) ? new TerminalProgress(end) : SILENT;
}

/**
 * The line is redrawn when a row is read or scored, never by a timer. The only escape sequence is "clear this line". The library's own bar
 * saves and restores the cursor, so it would overwrite lines that were written to the same terminal in between.
 */
class TerminalProgress implements Progress {
  /** For each row that is being scored, in order: the share of the work that is done at its end. */
  readonly #ends: number[] = [];
  readonly #end: ProgressEnd;
  readonly #rate = new Rate();
  #started = performance.now();
  #drawn = 0;
  #share = 0;
  #bytes = 0;
  /** For `--sample`: rows that were read, and those of them without errors. */
  #read = 0;
  #found = 0;
  #entered = 0;
  #rows = 0;
  #answers = 0;
  #tokens = 0;

  constructor(end: ProgressEnd) {
    this.#end = end;
  }

  readonly read = (bytes: number): void => {
    this.#bytes += bytes;
  };

  readonly scored = ({ answers, tokens }: ScoredRow): void => {
    this.#answers += answers;
    this.#tokens += tokens;
  };

  tell(line: string): void {
    process.stderr.write(CLEAR_LINE);
    tell(line);
  }

  async *drawing<Item>(rows: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const row of rows) {
      this.#read++;
      if (!(row instanceof RowError)) this.#found++;
      const now = performance.now();
      if (this.#entered === 0 && now - this.#drawn >= REDRAW) {
        this.#drawn = now;
        const share = this.#readShare(this.#read);
        drawLine(share, `${percentText(share)}${this.#read} rows read`);
      }
      yield row;
    }
  }

  async *entering<Item>(rows: AsyncIterable<Item>): AsyncGenerator<Item> {
    const { sample } = this.#end;
    for await (const row of rows) {
      if (sample === undefined || !(row instanceof RowError)) this.#entered++;
      const whole = sample === undefined ? undefined : Math.min(sample, this.#found);
      this.#ends.push(whole === undefined ? this.#readShare(this.#entered) : this.#entered / whole || 0);
      yield row;
    }
  }

  /** Clears the line before each ranking, which may be written to the same terminal, and draws it again afterwards. */
  async *leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item> {
    this.#started = performance.now();
    this.#drawn = this.#started;
    this.#draw(0);
    try {
      for await (const ranking of rankings) {
        process.stderr.write(CLEAR_LINE);
        yield ranking;
        this.#rows++;
        this.#draw(Math.min(1, this.#ends.shift() ?? 0));
      }
    } finally {
      process.stderr.write(CLEAR_LINE);
    }
  }

  /** Share of the bytes or of the limit that was read, whichever is greater. */
  #readShare(rows: number): number {
    const { bytes, limit } = this.#end;
    return Math.max(this.#bytes / bytes || 0, limit === undefined ? 0 : rows / limit);
  }

  #draw(share: number): void {
    const now = performance.now();
    this.#rate.add(share - this.#share, (now - this.#drawn) / 1000);
    this.#share = share;
    this.#drawn = now;
    const speed = Math.round((1000 * this.#tokens) / (now - this.#started)) || 0;
    const counts = `${this.#rows} rows, ${this.#answers} answers, ${speed} tokens/s`;
    drawLine(share, `${percentText(share)}${counts}${leftText(1 - share, this.#rate)}`);
  }
}
