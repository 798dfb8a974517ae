import { oneLine, type StarlingError } from '../../../contracts/errors.js';
import { type Console, type Facts, factsOf, type Loudness } from './console.js';
import { RunCounts } from './run-counts.js';

/** Shortest time between two lines of progress. */
const PROGRESS_MS = 10_000;

/** State that all consoles of a process share. */
interface Shared {
  counts: RunCounts;
  write(line: string): void;
  /** Milliseconds, on the clock of `performance.now()`. */
  now(): number;
  /** Whether the line for the start was written, so that one for the end must follow. */
  isStarted: boolean;
}

/** A log: one JSON object a line. */
export class JsonConsole implements Console {
  readonly #shared: Shared;
  readonly #loudness: Loudness;
  /** Time of the last line of progress. */
  #shownAt: number;

  /** Opens the console of a process. @param options for tests: where lines go, and a clock */
  static open(options: Partial<Pick<Shared, 'write' | 'now'>> = {}): JsonConsole {
    const write = (line: string) => void process.stderr.write(line);
    const shared = { counts: new RunCounts(), write, now: () => performance.now(), ...options, isStarted: false };
    return new JsonConsole(shared, { quiet: false, progress: true });
  }

  private constructor(shared: Shared, loudness: Loudness) {
    this.#shared = shared;
    this.#loudness = loudness;
    this.#shownAt = shared.now();
  }

  get counts(): RunCounts {
    return this.#shared.counts;
  }

  get progress(): 'log' | undefined {
    const { quiet, progress } = this.#loudness;
    return !quiet && progress ? 'log' : undefined;
  }

  of(loudness: Loudness): JsonConsole {
    return new JsonConsole(this.#shared, loudness);
  }

  tell(message: string, facts?: Facts): void {
    if (!this.#loudness.quiet) this.#write({ level: 'info', event: 'message', message, ...facts });
  }

  insist(message: string, facts?: Facts): void {
    this.#write({ level: 'warning', event: 'message', message, ...facts });
  }

  fail(error: StarlingError): void {
    this.#write({ level: 'error', event: 'error', ...factsOf(error) });
  }

  print(text: string, event: string): void {
    this.tell(text, { event });
  }

  draw(): void {}

  clear(): void {}

  async start(facts: () => Promise<Facts>): Promise<void> {
    if (this.#loudness.quiet) return;
    this.#write({ level: 'info', event: 'start', message: 'started', ...(await facts()) });
    this.#shared.isStarted = true;
  }

  advance(facts: Facts = {}): void {
    const now = this.#shared.now();
    if (this.progress === undefined || now - this.#shownAt < PROGRESS_MS) return;
    this.#shownAt = now;
    const { rows, answers, tokens, tokensPerSecond, share } = this.counts;
    const message = `${rows} rows, ${answers} answers, ${tokensPerSecond} tokens/s`;
    const amounts = { rows, skipped: this.#skipped, answers, tokens, tokens_per_second: tokensPerSecond };
    this.#write({ level: 'info', event: 'progress', message, ...amounts, ...facts, share: rounded(share) });
  }

  end(exitCode: number): void {
    if (!this.#shared.isStarted) return;
    const { rows, rowsBefore, answers, tokens, truncatedAnswers, seconds } = this.counts;
    this.#write({
      level: 'info',
      event: 'end',
      message: `ended with exit code ${exitCode}`,
      exit_code: exitCode,
      rows,
      ...(rowsBefore > 0 && { rows_before: rowsBefore }),
      skipped: this.#skipped,
      answers,
      tokens,
      truncated_answers: truncatedAnswers,
      seconds: rounded(seconds),
    });
  }

  get #skipped(): Record<string, number> {
    return Object.fromEntries(this.counts.skipped);
  }

  /** Characters that could break a line or control a terminal get JSON escapes, which do not change any value. */
  #write({ level, event, message, ...fields }: Facts): void {
    const line = { time: new Date().toISOString(), level, event, message, ...fields };
    this.#shared.write(`${oneLine(JSON.stringify(line))}\n`);
  }
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(1000 * value) / 1000;
}
