import type { Progress } from './progress.js';

/** Counts the rows between `entering` and `leaving` of a progress. No row enters after `interrupted` is aborted. */
export class InFlight {
  readonly #interrupted: AbortSignal;
  #rows = 0;

  constructor(interrupted: AbortSignal) {
    this.#interrupted = interrupted;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Wraps a progress so that its rows are counted. */
  counting(progress: Progress): Progress {
    return {
      read: progress.read,
      drawing: (rows) => progress.drawing(rows),
      entering: (rows) => progress.entering(this.#entering(rows)),
      leaving: (rankings) => this.#leaving(progress.leaving(rankings)),
    };
  }

  async *#entering<Item>(rows: AsyncIterable<Item>): AsyncGenerator<Item> {
    for await (const row of rows) {
      if (this.#interrupted.aborted) return;
      this.#rows++;
      yield row;
    }
  }

  async *#leaving<Item>(rankings: AsyncGenerator<Item>): AsyncGenerator<Item> {
    for await (const ranking of rankings) {
      yield ranking;
      // The consumer asks for the next ranking when this one is written.
      this.#rows--;
    }
  }
}
