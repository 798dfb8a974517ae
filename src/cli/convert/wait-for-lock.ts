import { setTimeout as wait } from 'node:timers/promises';
import { StarlingError, stoppedBy } from '../../contracts/errors.js';
import { Lock } from '../../write/files/lock.js';
import type { Console } from '../common/console/console.js';

const PAUSE_MS = 200;

/**
 * Takes the lock of a folder, after waiting until any other process that holds it has ended: both may add dtypes to the folder.
 * @param folder as messages call it
 * @throws StarlingError E_EXISTS where something else is in the lock's place, E_USAGE where it cannot be created, E_INTERRUPTED, E_TERMINATED
 */
export async function waitForLock(
  path: string,
  folder: string,
  console: Console,
  interrupted: AbortSignal,
): Promise<Lock> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await Lock.take(path, folder);
    } catch (error) {
      if (!isHeld(error, folder)) throw error;
      if (!isTold) console.tell(`${folder}: ${error.message.replace(/;.*/, '')}; waiting until it ends`);
    }
    await wait(PAUSE_MS, undefined, { signal: interrupted }).catch(() => {
      throw stoppedBy(interrupted, 'stopped; nothing was converted');
    });
  }
}

/** Whether another process holds the lock. Where something else is in its place, the error names the lock file, not the folder. */
function isHeld(error: unknown, folder: string): error is StarlingError {
  return error instanceof StarlingError && error.code === 'E_EXISTS' && error.place.file === folder;
}
