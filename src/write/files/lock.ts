import { closeSync, lstatSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { StarlingError } from '../../contracts/errors.js';
import { createLockFile, isLockFile, type Obstacle, removeLockFile, writeOwner } from './lock-file.js';

const HEARTBEAT_MS = 10_000;

/** Wait for a guard that another process holds; it is held for an instant only. */
const GUARD_WAIT_MS = 5;
const GUARD_WAITS = 400;

/** Time between two looks at the lock of a run that may have died on another machine. */
const PATIENT_WAIT_MS = 500;

/** How to wait for a lock whose holder may have died without this machine being able to know. */
export interface Patience {
  /** Called once, with the holder of the lock as far as the lock names it. */
  onWait?(holder: string): void;
}

/**
 * A lock file that only one process at a time holds, across all machines that share the folder. It names its holder by host, pid and
 * boot, and is renewed every 10 seconds. It becomes stale, and another process may take it, after 60 seconds without renewal, or at once
 * if its process has ended during the same boot. It is removed when it is released and when the process exits. A killed process leaves a
 * stale lock.
 */
export class Lock {
  readonly path: string;
  #fd: number;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #onExit = () => this.#remove();
  #isReleased = false;

  /**
   * @param path of the lock file
   * @param file that the lock protects, as messages call it
   * @param patience waits until the lock is stale, or until its holder renews it and so shows that it lives; if absent, does not wait
   * @throws StarlingError E_EXISTS if a live process holds it or the file is not a lock file; E_USAGE if it cannot be created
   */
  static async take(path: string, file = path, patience?: Patience): Promise<Lock> {
    let renewed: number | undefined;
    for (let waits = 0; ; ) {
      const found = attempt(path, file);
      if (typeof found === 'number') return new Lock(path, found);
      if (found.kind === 'foreign') throw foreign(found.path);
      if (found.path !== path) {
        if (++waits > GUARD_WAITS) throw held(found, file);
        await wait(GUARD_WAIT_MS);
        continue;
      }
      if (patience === undefined || (renewed !== undefined && found.renewed !== renewed)) throw held(found, file);
      if (renewed === undefined) patience.onWait?.(holderOf(found));
      renewed = found.renewed;
      await wait(PATIENT_WAIT_MS);
    }
  }

  private constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    process.once('exit', this.#onExit);
  }

  /**
   * Whether this process still holds the lock. A process that slept for long, or whose folder was moved, may have lost it. Creates a lock
   * file that was removed again.
   */
  isHeld(): boolean {
    try {
      if (lstatSync(this.path, { throwIfNoEntry: false }) === undefined) this.#createAgain();
      return isLockFile(this.path, this.#fd);
    } catch {
      return false;
    }
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    clearInterval(this.#heartbeat);
    process.off('exit', this.#onExit);
    for (let waits = 0; !this.#remove() && waits < GUARD_WAITS; waits++) await wait(GUARD_WAIT_MS);
    closeSync(this.#fd);
  }

  #createAgain(): void {
    const created = createLockFile(this.path);
    if (typeof created !== 'number') return;
    closeSync(this.#fd);
    this.#fd = created;
  }

  #beat(): void {
    try {
      if (this.isHeld()) writeOwner(this.#fd);
    } catch {
      // The disk may fail for a moment only; the next renewal may succeed.
    }
  }

  /** @returns whether nothing is left to do */
  #remove(): boolean {
    try {
      return removeLockFile(this.path, this.#fd);
    } catch {
      // A lock that cannot be removed becomes stale.
      return true;
    }
  }
}

function attempt(path: string, file: string): number | Obstacle {
  try {
    return createLockFile(path);
  } catch (cause) {
    throw new StarlingError('E_USAGE', `cannot be created: ${(cause as Error).message}`, { file }, cause);
  }
}

function holderOf({ owner }: Obstacle): string {
  return owner === undefined ? 'another run' : `another run (process ${owner.pid} on ${owner.host})`;
}

function held(obstacle: Obstacle, file: string): StarlingError {
  return new StarlingError(
    'E_EXISTS',
    `${holderOf(obstacle)} is writing this; wait until it ends, or name another one`,
    { file },
  );
}

function foreign(file: string): StarlingError {
  const problem = 'this is where a lock file is needed, and it is no lock file of starling-rm; remove it';
  return new StarlingError('E_EXISTS', problem, { file });
}
