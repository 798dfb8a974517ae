import { setImmediate } from 'node:timers/promises';
import { stoppedBy } from '../../contracts/errors.js';
import { STOP_SIGNALS, type StopSignal } from '../../contracts/exit-codes.js';
import type { Console } from './console/console.js';

/** The current listeners; empty while a signal ends the process at once. */
const listeners = new Map<StopSignal, () => void>();

/**
 * Aborted by the first of `STOP_SIGNALS`, with the signal's name as the reason. A second signal ends the process as it does without a
 * listener. A hangup that is ignored, as under nohup, stays ignored: `bin/starling-rm` listens to it in that case.
 */
export function firstStopSignal(): AbortSignal {
  const interrupt = new AbortController();
  for (const signal of STOP_SIGNALS) {
    const earlier = process.listeners(signal);
    if (signal === 'SIGHUP' && earlier.length > 0) continue;
    const listener = () => {
      leaveStopSignals();
      interrupt.abort(signal);
    };
    listeners.set(signal, listener);
    process.on(signal, listener);
    // Removed after the new listener is there: in between, SIGUSR1 would end the process.
    for (const one of earlier) process.off(signal, one);
  }
  return interrupt.signal;
}

/**
 * Confirms to people who press Ctrl-C that the signal was received.
 * @param inFlight number of rows that are being scored and will still be written
 */
export function tellInterrupt(interrupted: AbortSignal, console: Console, inFlight: () => number = () => 0): void {
  interrupted.addEventListener('abort', () => {
    if (interrupted.reason !== 'SIGINT') return;
    const rows = inFlight();
    const doing = rows === 0 ? 'stopping' : `finishing ${rows} ${rows === 1 ? 'row' : 'rows'} in flight`;
    console.tell(`${doing}; Ctrl-C again to quit`);
  });
}

/**
 * Called before a computation that blocks the event loop: from here on these signals end the process at once. Waits one turn of the event
 * loop for a signal that has already arrived, which would be lost otherwise.
 * @throws StarlingError as `stoppedBy`
 */
export async function endStopSignals(interrupted: AbortSignal, stopped: string): Promise<void> {
  await setImmediate();
  leaveStopSignals();
  if (interrupted.aborted) throw stoppedBy(interrupted, stopped);
}

function leaveStopSignals(): void {
  for (const [signal, listener] of listeners) process.off(signal, listener);
  listeners.clear();
}
