import { RowError } from '../../../contracts/errors.js';
import type { Console } from '../console/console.js';
import { drawLine, leftText, percentText, REDRAW } from './progress-line.js';
import { Rate } from './rate.js';

/** Reports the progress of scoring. `drawing`, `entering` and `leaving` pass on every item that they get. */
export interface Progress {
  /** Adds bytes that were read from the files. */
  readonly read: (bytes: number) => void;
  /** For rows that are read before any is scored, as for `--sample`. */
  drawing<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
  /** For rows before scoring. */
  entering<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
  /** For rankings after scoring. */
  leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item>;
}

const SILENT: Progress = {
  read: () => {},
  drawing: (rows) => rows,
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

/** A progress line on a terminal, the share for a log, otherwise nothing. */
export function openProgress(console: Console, end: ProgressEnd): Progress {
  if (console.progress === 'line') return new ShareProgress(end, new TerminalDisplay(console));
  if (console.progress === 'log') return new ShareProgress(end, new LogDisplay(console));
  return SILENT;
}

/** How progress is shown. Shares are from 0 to 1, and 0 while the amount of work is unknown. */
interface Display {
  /** So many rows were read, before any is scored. */
  reading(share: number, rows: number): void;
  /** The first row is asked for. */
  begin(): void;
  /** A row has been scored and written. */
  scored(share: number): void;
  /** Others may write to the terminal. */
  clear(): void;
}

/** Knows which share of the work is done. The display is called when a row is read or scored, never by a timer. */
class ShareProgress implements Progress {
  /** For each row that is being scored, in order: the share of the work that is done at its end. */
  readonly #ends: number[] = [];
  readonly #end: ProgressEnd;
  readonly #display: Display;
  #bytes = 0;
  /** For `--sample`: rows that were read, and those of them without errors. */
  #read = 0;
  #found = 0;
  #entered = 0;

  constructor(end: ProgressEnd, display: Display) {
    this.#end = end;
    this.#display = display;
  }

  readonly read = (bytes: number): void => {
    this.#bytes += bytes;
  };

  async *drawing<Item>(rows: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const row of rows) {
      this.#read++;
      if (!(row instanceof RowError)) this.#found++;
      if (this.#entered === 0) this.#display.reading(this.#readShare(this.#read), this.#read);
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

  /** Clears the display before each ranking, which may be written to the same terminal, and shows progress again afterwards. */
  async *leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item> {
    this.#display.begin();
    try {
      for await (const ranking of rankings) {
        this.#display.clear();
        yield ranking;
        this.#display.scored(Math.min(1, this.#ends.shift() ?? 0));
      }
    } finally {
      this.#display.clear();
    }
  }

  /** Share of the bytes or of the limit that was read, whichever is greater. */
  #readShare(rows: number): number {
    const { bytes, limit } = this.#end;
    return Math.max(this.#bytes / bytes || 0, limit === undefined ? 0 : rows / limit);
  }
}

/** Hands the share on to the console, which writes it with the other counts. */
class LogDisplay implements Display {
  readonly #console: Console;

  constructor(console: Console) {
    this.#console = console;
  }

  reading(share: number, rows: number): void {
    this.#console.counts.share = share || undefined;
    this.#console.advance({ rows_read: rows });
  }

  begin(): void {
    this.#console.counts.share = undefined;
  }

  scored(share: number): void {
    this.#console.counts.share = share || undefined;
  }

  clear(): void {}
}

/**
 * One line. The only escape sequence is "clear this line". The library's own bar saves and restores the cursor, so it would overwrite lines
 * that were written to the same terminal in between.
 */
class TerminalDisplay implements Display {
  readonly #console: Console;
  readonly #rate = new Rate();
  #drawn = 0;
  #share = 0;
  #rows = 0;

  constructor(console: Console) {
    this.#console = console;
  }

  reading(share: number, rows: number): void {
    const now = performance.now();
    if (now - this.#drawn < REDRAW) return;
    this.#drawn = now;
    drawLine(this.#console, share, `${percentText(share)}${rows} rows read`);
  }

  begin(): void {
    this.#drawn = performance.now();
    this.#draw(0);
  }

  scored(share: number): void {
    this.#rows++;
    this.#draw(share);
  }

  clear(): void {
    this.#console.clear();
  }

  #draw(share: number): void {
    const now = performance.now();
    this.#rate.add(share - this.#share, (now - this.#drawn) / 1000);
    this.#share = share;
    this.#drawn = now;
    const { answers, tokensPerSecond } = this.#console.counts;
    const counts = `${this.#rows} rows, ${answers} answers, ${tokensPerSecond} tokens/s`;
    drawLine(this.#console, share, `${percentText(share)}${counts}${leftText(1 - share, this.#rate)}`);
  }
}
