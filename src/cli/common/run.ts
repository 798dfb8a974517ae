/** Runs what a command does with a signal that the first stop signal aborts. */
export type Run<Result> = (work: (interrupted: AbortSignal) => Promise<Result>) => Promise<void>;
