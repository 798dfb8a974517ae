import { harmless, oneLine, type StarlingError } from '../../../contracts/errors.js';
import type { Console, Loudness } from './console.js';
import { RunCounts } from './run-counts.js';

const CLEAR_LINE = '\r\x1b[K';

/** Prints lines for people, without the facts that only a log has. */
export class TextConsole implements Console {
  readonly counts: RunCounts;
  readonly #loudness: Loudness;
  #hasLine = false;

  constructor(loudness: Loudness = { quiet: false, progress: true }, counts = new RunCounts()) {
    this.#loudness = loudness;
    this.counts = counts;
  }

  /** No progress line on a terminal without escape sequences (TERM=dumb), which could not clear it. */
  get progress(): 'line' | undefined {
    const { quiet, progress } = this.#loudness;
    return !quiet && progress && process.stderr.isTTY && process.env.TERM !== 'dumb' ? 'line' : undefined;
  }

  of(loudness: Loudness): TextConsole {
    return new TextConsole(loudness, this.counts);
  }

  tell(message: string): void {
    if (!this.#loudness.quiet) this.insist(message);
  }

  insist(message: string): void {
    this.clear();
    process.stderr.write(`starling-rm: ${oneLine(message)}\n`);
  }

  fail(error: StarlingError): void {
    this.insist(String(error));
  }

  print(text: string): void {
    if (!this.#loudness.quiet) process.stderr.write(harmless(text));
  }

  draw(line: string): void {
    process.stderr.write(`${CLEAR_LINE}${line}`);
    this.#hasLine = true;
  }

  clear(): void {
    if (this.#hasLine) process.stderr.write(CLEAR_LINE);
    this.#hasLine = false;
  }

  async start(): Promise<void> {}

  advance(): void {}

  end(): void {}
}
