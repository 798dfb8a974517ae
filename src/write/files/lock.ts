import { closeSync, lstatSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { StarlingError } from '../../contracts/errors.js';
import { createLockFile, isLockFile, type Obstacle, removeLockFile, writeOwner } from './lock-file.js';

const HEARTBEAT_MS = 10_000;

/** A guard that another process holds is free again in an instant. */
const GUARD_WAIT_MS = 5;
const GUARD_WAITS = 400;

/** Waiting for the lock of a run that may have died on another machine: how often it is looked at. */
const PATIENT_WAIT_MS = 500;

/** How a lock is waited for whose holder may be dead without this machine being able to know. */
export interface Patience {
  /** Called once, with who holds the lock as far as it says. */
  onWait?(holder: string): void;
}

/**
 * A lock file that only one process at a time holds, on any machine that shares the folder. It says who holds it: host, pid, boot,
 * renewed every 10 seconds. It is stale, and another process takes it, when that has not happened for 60 seconds, or at once when its
 * process has ended on the same boot. It is removed when it is released and when the process exits; one that was killed leaves a stale one.
 */
export class Lock {
  readonly path: string;
  #fd: number;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #onExit = () => this.#remove();
  #isReleased = false;

  /**
   * @param path of the lock file
   * @param file that it is about, as messages call it
   * @param patience waits for a lock until it is stale, or its holder shows by renewing it that it lives; if absent nothing is waited for
   * @throws StarlingError E_EXISTS when a live process holds it, or what is there is no lock file; E_USAGE where it cannot be created
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
   * Whether this process still holds it. One that slept for long, or whose folder was moved, may have lost it. A lock file that was
   * removed is made again.
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
      // A disk that fails for the moment may take the next one.
    }
  }

  /** @returns whether nothing is left to do */
  #remove(): boolean {
    try {
      return removeLockFile(this.path, this.#fd);
    } catch {
      // Where nothing can be removed it will be stale.
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
