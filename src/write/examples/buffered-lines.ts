import type { Output } from '../files/output.js';

/** Characters that are written at once, and the longest time that lines wait for more. */
const MOST_CHARACTERS = 2 ** 16;
const MOST_MS = 100;

/**
 * Collects lines and writes many of them at once: a call of the system for each line would take most of the time. In a slow pipe, a line
 * waits for a tenth of a second at most.
 */
export class BufferedLines {
  readonly #write: Output['write'];
  #waiting: string[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The writing of all lines so far. */
  #written: Promise<void> = Promise.resolve();

  constructor(write: Output['write']) {
    this.#write = write;
  }

  /** @throws what an earlier write threw */
  async add(line: string): Promise<void> {
    this.#waiting.push(line);
    this.#characters += line.length;
    if (this.#characters >= MOST_CHARACTERS) await this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), MOST_MS);
  }

  /** Writes the waiting lines, and waits for them. @throws what a write threw */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return this.#written;
    const lines = this.#waiting.join('');
    this.#waiting = [];
    this.#characters = 0;
    this.#written = this.#written.then(() => this.#write(lines));
    // The next `add` or `flush` that waits throws the error. Without this handler Node would report it as unhandled until then.
    this.#written.catch(() => {});
    return this.#written;
  }
}
