import type { Console } from './console/console.js';

/** Runs what a command does with a signal that the first stop signal aborts, and with the console that `--log-format` asks for. */
export type Run<Result> = (work: (interrupted: AbortSignal, console: Console) => Promise<Result>) => Promise<void>;
