import {
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { hasEnded, type LockOwner, ownerOf, thisProcess } from './lock-owner.js';

/** A lock whose owner has not shown for so long that it lives is stale. */
const STALE_MS = 60_000;

/** Long before another process may find a lock stale. */
const FRESH_MS = 20_000;

/** A lock file is shorter. */
const MOST_BYTES = 2048;

const CREATED = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Neither follows a link nor waits for the other end of a pipe. */
const LOOKED_AT = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What stands in the way of a lock. */
export interface Obstacle {
  /** That of the lock, or of the guard that has to be held to remove a stale one. */
  path: string;
  /** `foreign`: it is no lock file. */
  kind: 'held' | 'stale' | 'foreign';
  /** Who holds it, if it says so. */
  owner?: LockOwner;
  /** When it was renewed last, in milliseconds of the file system's clock. */
  renewed?: number;
}

/**
 * Creates a lock file, in place of a stale one if need be.
 *
 * Of two processes that find the same stale lock only one may remove it, and nothing but that lock: the other could remove the one
 * that the first has made since. So a lock is removed only by a process that holds its guard, itself a lock, and that looks at the lock
 * again then. These steps are synchronous, so a guard is held for less than a millisecond; one whose owner was killed meanwhile is
 * stale and is removed in the same way.
 * @returns its descriptor, or what stands in the way
 * @throws Error of the system where no file can be created or removed
 */
export function createLockFile(path: string): number | Obstacle {
  for (;;) {
    const created = create(path);
    if (created !== undefined) return created;
    const found = lookAt(path, Date.now());
    if (found === undefined) continue;
    const obstacle = found.kind === 'stale' ? removeStale(path) : found;
    if (obstacle !== undefined) return obstacle;
  }
}

/**
 * Removes the lock file that `fd` is, also from a folder that was moved.
 * @returns whether that is done, or nothing is left to do; false where another holds the guard
 */
export function removeLockFile(path: string, fd: number): boolean {
  if (!isLockFile(path, fd)) return removeMoved(fd);
  const remove = () => {
    if (isLockFile(path, fd)) unlinkSync(path);
  };
  // No other process removes a lock that was renewed just now: it can go without a guard, for which there may be no room.
  if (Date.now() - fstatSync(fd).mtimeMs < FRESH_MS) remove();
  else if (guarded(path, remove)?.kind === 'held') return false;
  return true;
}

/** Linux knows where it is now, and another lock of this name is none of this process. */
function removeMoved(fd: number): true {
  const now = readlinkSync(`/proc/self/fd/${fd}`);
  if (isLockFile(now, fd)) unlinkSync(now);
  return true;
}

/** Whether the file of this name is the one that `fd` is. While that is open no other file gets its number. */
export function isLockFile(path: string, fd: number): boolean {
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const own = fstatSync(fd, { bigint: true });
  return named?.ino === own.ino && named.dev === own.dev;
}

/**
 * Says who holds it, and shows that the owner lives: by writing, not by setting a time, since the file system may have another clock
 * than this machine. On a full disk an empty lock file has to do.
 */
export function writeOwner(fd: number): void {
  try {
    writeSync(fd, `${JSON.stringify(thisProcess())}\n`, 0);
  } catch {
    const now = new Date();
    futimesSync(fd, now, now);
  }
}

/** `undefined` if there is a file already. */
function create(path: string): number | undefined {
  try {
    const fd = openSync(path, CREATED, 0o644);
    writeOwner(fd);
    return fd;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw cause;
  }
}

/** @returns what stands in the way of the removal */
function removeStale(path: string): Obstacle | undefined {
  let found: Obstacle | undefined;
  const obstacle = guarded(path, (now) => {
    found = lookAt(path, now);
    if (found?.kind === 'stale') unlinkSync(path);
  });
  return obstacle ?? (found?.kind === 'stale' ? undefined : found);
}

/**
 * Does it while the guard of a lock is held.
 * @param work given what time it is for the file system
 * @returns what stands in the way of the guard
 */
function guarded(path: string, work: (now: number) => void): Obstacle | undefined {
  const guard = `${path}.lock`;
  const fd = createLockFile(guard);
  if (typeof fd !== 'number') return fd;
  try {
    work(fstatSync(fd).mtimeMs);
  } finally {
    if (isLockFile(guard, fd)) unlinkSync(guard);
    closeSync(fd);
  }
  return undefined;
}

/** `undefined` if there is nothing. */
function lookAt(path: string, now: number): Obstacle | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) return { path, kind: 'foreign' };
  const text = readText(path);
  const owner = text === undefined ? undefined : ownerOf(text);
  // One without text was just created, or its owner was killed before it wrote.
  if (text && owner === undefined) return { path, kind: 'foreign' };
  const isSilent = Math.abs(now - stats.mtimeMs) > STALE_MS;
  const isStale = isSilent || (owner !== undefined && hasEnded(owner));
  return { path, kind: isStale ? 'stale' : 'held', owner, renewed: stats.mtimeMs };
}

/** `undefined` if it cannot be read: it may be that of another user. */
function readText(path: string): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, LOOKED_AT);
    const bytes = Buffer.alloc(MOST_BYTES);
    return bytes.toString('utf8', 0, readSync(fd, bytes));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
