import { RowError } from '../../../contracts/errors.js';
import type { ScoredRow } from '../../../score/scorer.js';
import type { ConsoleSettings } from '../settings.js';
import { tell } from '../tell.js';
import { CLEAR_LINE, drawLine, isShown, leftText, percentText, REDRAW } from './progress-line.js';
import { Rate } from './rate.js';

/** What is told while rows are scored. `entering` and `leaving` stand around the scoring and give on what they get. */
export interface Progress {
  /** That so many more bytes of the files were read. */
  readonly read: (bytes: number) => void;
  readonly scored: (row: ScoredRow) => void;
  /** Gives on what is read before anything is scored, as for `--sample`. */
  drawing<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
  /** A line for people that has nothing to do with a ranking: it does not end up inside of the progress. */
  tell(line: string): void;
  entering<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
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

/** How much there is to do. */
export interface ProgressEnd {
  /** Of all files; NaN where that is unknown, as of a pipe. */
  bytes: number;
  /** Rows that are read at most. */
  limit?: number;
  /** How many of those are drawn when all are read; absent if all are used. */
  sample?: number;
}

/** A line on standard error if that is a terminal, nothing otherwise. */
export function openProgress(console: ConsoleSettings, end: ProgressEnd): Progress {
  return isShown(console) ? new TerminalProgress(end) : SILENT;
}

/**
 * The line is drawn by whoever finishes a row, never by a timer, and with nothing but "clear this line": the library's own bar
 * saves the cursor and puts it back to where it began, over what was written on the same terminal meanwhile.
 */
class TerminalProgress implements Progress {
  /** The share of what there is to do, up to the end of each row that is being scored, in order. */
  readonly #ends: number[] = [];
  readonly #end: ProgressEnd;
  readonly #rate = new Rate();
  #started = performance.now();
  #drawn = 0;
  #share = 0;
  #bytes = 0;
  /** Of a sample: rows that were read, and those that could be drawn. */
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

  /** The line goes before each ranking, which may be written on the same terminal, and comes back after it. */
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

  /** The input ends by its bytes or by the rows that are wanted, whichever comes first. */
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
