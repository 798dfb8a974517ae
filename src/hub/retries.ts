import { setTimeout } from 'node:timers/promises';
import { StarlingError, stoppedBy } from '../contracts/errors.js';
import { PassingTrouble } from './hub-error.js';

/** Milliseconds before each retry in a row. */
export const WAITS: readonly number[] = [500, 1000, 2000, 4000, 8000];

/** A server that asks for more than this many milliseconds is given up. */
const LONGEST_WAIT = 300_000;

/**
 * Waits before a retry, at least as long as the server asks.
 * @throws StarlingError E_NETWORK if it asks for too long, or as `stoppedBy`
 */
export async function beforeRetry(wait: number, trouble: PassingTrouble, interrupted?: AbortSignal): Promise<void> {
  const asked = trouble.wait ?? 0;
  if (asked > LONGEST_WAIT) {
    const minutes = Math.ceil(asked / 60_000);
    throw new StarlingError('E_NETWORK', `${trouble.message}: the server asks to wait for ${minutes} minutes`);
  }
  await setTimeout(Math.max(wait, asked), undefined, { signal: interrupted }).catch(() => {});
  if (interrupted?.aborted) throw stoppedBy(interrupted, 'stopped while files were loaded from the hub');
}

/** Does some work again while the server answers that it is busy, once for each of `waits`. A server that is silent is given up at once. */
export async function retried<Result>(
  work: () => Promise<Result>,
  { waits = WAITS, interrupted }: { waits?: readonly number[]; interrupted?: AbortSignal },
): Promise<Result> {
  for (const wait of waits) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PassingTrouble) || error.wait === undefined) throw error;
      await beforeRetry(wait, error, interrupted);
    }
  }
  return work();
}
