import type { Place, StarlingError } from '../../../contracts/errors.js';
import type { ErrorCode } from '../../../contracts/exit-codes.js';
import type { RunCounts } from './run-counts.js';

export type Level = 'info' | 'warning' | 'error';

/** What a line of a log says beside its message. Text for people leaves it out. */
export interface Facts extends Place {
  level?: Level;
  event?: string;
  code?: ErrorCode;
  /** In place of the text for people, where that repeats code and place. */
  message?: string;
  [field: string]: unknown;
}

/** What is asked of a console. */
export interface Loudness {
  /** Whether only errors are shown. */
  quiet: boolean;
  /** Whether progress is shown: as text only on a terminal. */
  progress: boolean;
}

/** Standard error, to which nothing else writes: text for people, or a log of one JSON object a line. */
export interface Console {
  /** What the run has done so far. All consoles of a process share it. */
  readonly counts: RunCounts;
  /** How progress is shown: as one line that is drawn again and again, as lines of a log, or not at all. */
  readonly progress: 'line' | 'log' | undefined;
  /** The same console for a command whose flags are known. */
  of(loudness: Loudness): Console;
  /** A line that `--quiet` silences. */
  tell(message: string, facts?: Facts): void;
  /** A line that `--quiet` does not silence: it explains an error, or why nothing happens. */
  insist(message: string, facts?: Facts): void;
  /** Says what ended the run. */
  fail(error: StarlingError): void;
  /** A text of several lines, which `--quiet` silences. */
  print(text: string, event: string): void;
  /** Draws the progress line in place of the one before. */
  draw(line: string): void;
  /** Removes the progress line. */
  clear(): void;
  /** The run begins. `facts` is called only where they are shown. */
  start(facts: () => Promise<Facts>): Promise<void>;
  /** Something was done. A log shows it at most every ten seconds. */
  advance(facts?: Facts): void;
  /** The run that was started has ended. */
  end(exitCode: number): void;
}

/** Code, place and message of an error. */
export function factsOf({ code, place, message }: StarlingError): Facts {
  const { file, line, record, row, byte, field } = place;
  return { code, message, file, line, record, row, byte, field };
}
