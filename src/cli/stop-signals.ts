import { setImmediate } from 'node:timers/promises';
import { stoppedBy } from '../errors.js';

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

/**
 * Before a computation that leaves no room to listen: from here on these signals end the process at once. One that has come meanwhile
 * is seen in the next turn of the event loop; after that it would be lost.
 * @throws StarlingError E_INTERRUPTED, E_TERMINATED
 */
export async function endStopSignals(interrupted: AbortSignal, stopped: string): Promise<void> {
  await setImmediate();
  leaveStopSignals();
  if (interrupted.aborted) throw stoppedBy(interrupted, stopped);
}

function leaveStopSignals(): void {
  for (const signal of STOP_SIGNALS) process.removeAllListeners(signal);
}
