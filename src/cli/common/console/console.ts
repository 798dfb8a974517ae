import type { Place, StarlingError } from '../../../contracts/errors.js';
import type { ErrorCode } from '../../../contracts/exit-codes.js';
import type { RunCounts } from './run-counts.js';

export type Level = 'info' | 'warning' | 'error';

/** The fields of a log line beside its message. Text for people leaves them out. */
export interface Facts extends Place {
  level?: Level;
  event?: string;
  code?: ErrorCode;
  /** Replaces the text for people, if that repeats the code and the place. */
  message?: string;
  [field: string]: unknown;
}

/** How much a console shows. */
export interface Loudness {
  /** Whether only errors are shown. */
  quiet: boolean;
  /** Whether progress is shown. Text progress needs a terminal. */
  progress: boolean;
}

/** Standard error, to which nothing else writes: text for people, or a log of one JSON object a line. */
export interface Console {
  /** What the run has done so far. All consoles of a process share it. */
  readonly counts: RunCounts;
  /** How progress is shown: as one line that is redrawn, as lines of a log, or not at all. */
  readonly progress: 'line' | 'log' | undefined;
  /** The same console for a command whose flags are known. */
  of(loudness: Loudness): Console;
  /** Prints a line that `--quiet` silences. */
  tell(message: string, facts?: Facts): void;
  /** Prints a line that `--quiet` does not silence: it explains an error, or why nothing happens. */
  insist(message: string, facts?: Facts): void;
  /** Reports the error that ended the run. */
  fail(error: StarlingError): void;
  /** Prints a text of several lines, which `--quiet` silences. */
  print(text: string, event: string): void;
  /** Draws the progress line in place of the previous one. */
  draw(line: string): void;
  /** Removes the progress line. */
  clear(): void;
  /** Called when the run begins. `facts` is called only if they are shown. */
  start(facts: () => Promise<Facts>): Promise<void>;
  /** Called after each step of the work. A log shows it at most every ten seconds. */
  advance(facts?: Facts): void;
  /** Called when a started run has ended. */
  end(exitCode: number): void;
}

/** Code, place and message of an error. */
export function factsOf({ code, place, message }: StarlingError): Facts {
  const { file, line, record, row, byte, field } = place;
  return { code, message, file, line, record, row, byte, field };
}
