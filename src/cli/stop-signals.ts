/** What asks a run to come to an end. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Aborted, with its name as the reason, by the first of these signals. A second one ends the process as it does without a listener. */
export function firstStopSignal(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of STOP_SIGNALS) {
    process.once(signal, () => {
      leaveStopSignals();
      interrupt.abort(signal);
    });
  }
  return interrupt.signal;
}

/** From here on these signals end the process at once. */
export function leaveStopSignals(): void {
  for (const signal of STOP_SIGNALS) process.removeAllListeners(signal);
}
