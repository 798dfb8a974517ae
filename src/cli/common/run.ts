import type { Console } from './console/console.js';

/** Runs the work of a command, with a signal that the first stop signal aborts, and with the console for `--log-format`. */
export type Run<Result> = (work: (interrupted: AbortSignal, console: Console) => Promise<Result>) => Promise<void>;
