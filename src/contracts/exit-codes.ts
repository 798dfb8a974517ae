/**
 * 1: the run failed or rows were skipped. 2: misuse (flags, missing files or models, a model that the hub does not serve). 129, 130, 138,
 * 143: stopped by SIGHUP, SIGINT, SIGUSR1, SIGTERM.
 */
export type ExitCode = 1 | 2 | 129 | 130 | 138 | 143;

/** The exit code of a run that ends with an error of this code. 0 is success, also if the reader closes the output pipe. */
export const EXIT_CODES = {
  // Errors of one row. The run continues after them with `--on-error skip`.
  E_JSON: 1,
  E_DUPLICATE_KEY: 1,
  E_NESTING: 1,
  E_NOT_OBJECT: 1,
  E_UTF8: 1,
  E_LINE_TOO_LONG: 1,
  E_TABLE: 1,
  E_SHAPE: 1,
  E_PROMPT: 1,
  E_ANSWERS: 1,
  E_ANSWER: 1,
  E_LABEL: 1,
  E_FIELD: 1,
  // Errors that end a run.
  E_READ: 1,
  E_WRITE: 1,
  E_ENGINE: 1,
  E_RESOURCES: 1,
  E_SKIPPED: 1,
  E_INTERNAL: 1,
  E_CHECKPOINT: 1,
  E_DIGEST: 1,
  E_CHECK: 1,
  // Misuse.
  E_USAGE: 2,
  E_NO_INPUT: 2,
  E_EXISTS: 2,
  E_RESUME: 2,
  E_SHARD: 2,
  E_MODEL: 2,
  E_TEMPLATE: 2,
  E_DEVICE: 2,
  E_NETWORK: 2,
  E_ACCESS: 2,
  // Stopped by a signal: see `STOPPED_BY`.
  E_HANGUP: 129,
  E_INTERRUPTED: 130,
  E_USER_SIGNAL: 138,
  E_TERMINATED: 143,
} as const satisfies Record<string, ExitCode>;

export type ErrorCode = keyof typeof EXIT_CODES;

/** The signals that stop a run in an orderly way. Schedulers send SIGUSR1 before they requeue a job. */
export const STOPPED_BY = {
  SIGHUP: 'E_HANGUP',
  SIGINT: 'E_INTERRUPTED',
  SIGUSR1: 'E_USER_SIGNAL',
  SIGTERM: 'E_TERMINATED',
} as const satisfies Record<string, ErrorCode>;

export type StopSignal = keyof typeof STOPPED_BY;

export const STOP_SIGNALS = Object.keys(STOPPED_BY) as StopSignal[];
