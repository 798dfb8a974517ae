import { Presets, SingleBar } from 'cli-progress';
import type { Plan } from '../types.js';

const STEPS = 1000;
const CLEAR_LINE = '\r\x1b[K';

/** What is told while rows are scored. `entering` and `leaving` stand around the scoring and give on what they get. */
export interface Progress {
  /** @param share of all input that one more line is, 0 to 1; NaN where the length is unknown, as of a pipe */
  read(share: number): void;
  scored(plan: Plan): void;
  entering<Item>(rows: AsyncIterable<Item>): AsyncIterable<Item>;
  leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item>;
}

const SILENT: Progress = {
  read: () => {},
  scored: () => {},
  entering: (rows) => rows,
  leaving: (rankings) => rankings,
};

/** A line on standard error if that is a terminal, nothing otherwise. */
export function openProgress({ quiet, progress }: { quiet?: boolean; progress: boolean }): Progress {
  return quiet || !progress || !process.stderr.isTTY ? SILENT : new TerminalProgress();
}

class TerminalProgress implements Progress {
  readonly #started = performance.now();
  readonly #bar = new SingleBar(
    // Neither cursor nor line wrap is touched: whoever is killed could not put them back.
    { stream: process.stderr, clearOnComplete: true, linewrap: true, barsize: 20, format: '{bar} {counts}{left}' },
    Presets.shades_classic,
  );
  /** The share of the input up to the end of each row that is being scored, in order. */
  readonly #ends: number[] = [];
  #read = 0;
  #rows = 0;
  #answers = 0;
  #tokens = 0;

  read(share: number): void {
    this.#read += share;
  }

  scored({ suffixOf, tokens }: Plan): void {
    this.#answers += suffixOf.length;
    this.#tokens += tokens;
  }

  async *entering<Item>(rows: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const row of rows) {
      this.#ends.push(this.#read);
      yield row;
    }
  }

  /** The bar goes before each ranking, which may be written on the same terminal, and comes back after it. */
  async *leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item> {
    this.#bar.start(STEPS, 0, { counts: '', left: '' });
    try {
      for await (const ranking of rankings) {
        process.stderr.write(CLEAR_LINE);
        yield ranking;
        this.#rows++;
        this.#show(Math.min(1, this.#ends.shift() ?? 0));
      }
    } finally {
      this.#bar.stop();
    }
  }

  #show(share: number): void {
    const seconds = (performance.now() - this.#started) / 1000;
    this.#bar.update(Math.floor((share || 0) * STEPS), {
      counts: `${this.#rows} rows, ${this.#answers} answers, ${Math.round(this.#tokens / seconds)} tokens/s`,
      left: share > 0 ? `, ${Math.ceil((seconds / share) * (1 - share))} s left` : '',
    });
  }
}
