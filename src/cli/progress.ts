import progress from 'cli-progress';
import type { Plan } from '../types.js';
import { tell } from './tell.js';

const CLEAR_LINE = '\r\x1b[K';
const USUAL_COLUMNS = 80;
const BAR_SIZE = 20;
/** Milliseconds. */
const REDRAW = 100;
const BAR = {
  barsize: BAR_SIZE,
  barCompleteString: '█'.repeat(BAR_SIZE),
  barIncompleteString: '░'.repeat(BAR_SIZE),
  barGlue: '',
};

/** What is told while rows are scored. `entering` and `leaving` stand around the scoring and give on what they get. */
export interface Progress {
  /** That so many more bytes of the files were read. */
  readonly read: (bytes: number) => void;
  readonly scored: (plan: Plan) => void;
  /** A line for people that has nothing to do with a ranking: it does not end up inside of the progress. */
  tell(line: string): void;
  entering<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
  leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item>;
}

const SILENT: Progress = {
  read: () => {},
  scored: () => {},
  tell,
  entering: (rows) => rows,
  leaving: (rankings) => rankings,
};

/** How much there is to do. */
export interface ProgressEnd {
  /** Of all files; NaN where that is unknown, as of a pipe. */
  bytes: number;
  /** Rows at most, if that is known. */
  rows: number | undefined;
}

/** A line on standard error if that is a terminal, nothing otherwise. */
export function openProgress(
  { quiet, progress: wanted }: { quiet?: boolean; progress: boolean },
  end: ProgressEnd,
): Progress {
  return quiet || !wanted || !process.stderr.isTTY ? SILENT : new TerminalProgress(end);
}

/**
 * The line is drawn by whoever finishes a row, never by a timer, and with nothing but "clear this line": the library's own bar
 * saves the cursor and puts it back to where it began, over what was written on the same terminal meanwhile.
 */
class TerminalProgress implements Progress {
  readonly #started = performance.now();
  /** The share of the input up to the end of each row that is being scored, in order. */
  readonly #ends: number[] = [];
  readonly #end: ProgressEnd;
  #bytes = 0;
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

  readonly scored = ({ suffixOf, tokens }: Plan): void => {
    this.#answers += suffixOf.length;
    this.#tokens += tokens;
  };

  tell(line: string): void {
    process.stderr.write(CLEAR_LINE);
    tell(line);
  }

  async *entering<Item>(rows: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const row of rows) {
      this.#entered++;
      this.#ends.push(this.#share());
      yield row;
    }
  }

  /** The line goes before each ranking, which may be written on the same terminal, and comes back after it. */
  async *leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item> {
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

  /** Of what there is to do: the input ends by its bytes or by the rows that are wanted, whichever comes first. */
  #share(): number {
    const { bytes, rows } = this.#end;
    return Math.max(this.#bytes / bytes || 0, rows === undefined ? 0 : this.#entered / rows);
  }

  #draw(share: number): void {
    const seconds = (performance.now() - this.#started) / 1000;
    const counts = `${this.#rows} rows, ${this.#answers} answers, ${Math.round(this.#tokens / seconds)} tokens/s`;
    const left = share > 0 ? `, ${Math.ceil((seconds / share) * (1 - share))} s left` : '';
    drawLine(share, `${counts}${left}`);
  }
}

/** What is told while files are loaded. */
export interface DownloadProgress {
  /** How many bytes `read` will come to. */
  readonly total: (bytes: number) => void;
  /** That so many more bytes are there, and whether they came just now. */
  readonly read: (bytes: number, came: boolean) => void;
  readonly tell: (line: string) => void;
  /** No more comes. */
  readonly end: () => void;
}

/** A line on standard error if that is a terminal; else only what is told by lines, and nothing if quiet. */
export function openDownloadProgress({
  quiet,
  progress: wanted,
}: {
  quiet?: boolean;
  progress: boolean;
}): DownloadProgress {
  const none = () => {};
  if (quiet) return { total: none, read: none, tell: none, end: none };
  return wanted && process.stderr.isTTY ? new TerminalDownload() : { total: none, read: none, tell, end: none };
}

/** Drawn by whoever brings bytes, some times a second. */
class TerminalDownload implements DownloadProgress {
  #total = 0;
  #there = 0;
  #came = 0;
  readonly #started = performance.now();
  #drawn = 0;

  readonly total = (bytes: number): void => {
    this.#total = bytes;
  };

  readonly read = (bytes: number, came: boolean): void => {
    this.#there += bytes;
    if (came) this.#came += bytes;
    const now = performance.now();
    if (now - this.#drawn < REDRAW) return;
    this.#drawn = now;
    this.#draw((now - this.#started) / 1000);
  };

  readonly tell = (line: string): void => {
    process.stderr.write(CLEAR_LINE);
    tell(line);
  };

  readonly end = (): void => {
    process.stderr.write(CLEAR_LINE);
  };

  #draw(seconds: number): void {
    const speed = this.#came / seconds;
    const left = speed > 0 ? `, ${Math.ceil((this.#total - this.#there) / speed)} s left` : '';
    const amount = `${megabytes(this.#there)} of ${megabytes(this.#total)} MB, ${megabytes(speed)} MB/s${left}`;
    drawLine(this.#there / this.#total, amount);
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}

function drawLine(share: number, text: string): void {
  const bar = progress.Format.BarFormat(Math.min(1, share || 0), BAR);
  const columns = process.stderr.columns || USUAL_COLUMNS;
  process.stderr.write(`${CLEAR_LINE}${`${bar} ${text}`.slice(0, columns - 1)}`);
}
