import { setImmediate } from 'node:timers/promises';
import { stoppedBy } from '../../contracts/errors.js';
import { STOP_SIGNALS, type StopSignal } from '../../contracts/exit-codes.js';
import type { Console } from './console/console.js';

/** What listens now; nothing while a signal ends the process at once. */
const listeners = new Map<StopSignal, () => void>();

/**
 * Aborted, with its name as the reason, by the first of `STOP_SIGNALS`. A second one ends the process as it does without a listener.
 * A hangup that is ignored, as under nohup, stays so: `bin/starling-rm` listens to it then.
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
    // After the new one is there: in between, SIGUSR1 would end the process.
    for (const one of earlier) process.off(signal, one);
  }
  return interrupt.signal;
}

/**
 * Tells people who press Ctrl-C that they were heard.
 * @param inFlight how many rows are being scored, which are still written
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
 * Before a computation that leaves no room to listen: from here on these signals end the process at once. One that has come meanwhile
 * is seen in the next turn of the event loop; after that it would be lost.
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
