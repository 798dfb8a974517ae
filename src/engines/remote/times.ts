/** Durations in milliseconds. Tests use shorter ones. */
export interface Times {
  /** From a request to the end of its answer. */
  answer: number;
  /** After the first fault of a server; doubled with each further one, up to `longestPause`. */
  firstPause: number;
  longestPause: number;
  /** Without any answer of any server, until the run ends. A server of 70B takes minutes to start. */
  patience: number;
}

export const TIMES: Times = { answer: 300_000, firstPause: 500, longestPause: 30_000, patience: 900_000 };

/** The pause after `faults` faults in a row. */
export function pauseAfter(faults: number, { firstPause, longestPause }: Times): number {
  return Math.min(longestPause, firstPause * 2 ** Math.max(0, faults - 1));
}
