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

/** A lock is stale if its owner has not renewed it for this long. */
const STALE_MS = 60_000;

/** A lock younger than this is far from being stale for any other process. */
const FRESH_MS = 20_000;

/** Upper bound on the size of a lock file. */
const MOST_BYTES = 2048;

const CREATED = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Opening follows no link, and does not wait for the other end of a pipe. */
const LOOKED_AT = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What prevents a process from taking a lock. */
export interface Obstacle {
  /** The path of the lock, or of the guard that must be held to remove a stale lock. */
  path: string;
  /** `foreign`: the file is not a lock file. */
  kind: 'held' | 'stale' | 'foreign';
  /** The holder, if the file names it. */
  owner?: LockOwner;
  /** Time of the last renewal, in milliseconds of the file system's clock. */
  renewed?: number;
}

/**
 * Creates a lock file. Replaces a stale one.
 *
 * If two processes find the same stale lock, only one of them may remove it, and it must remove nothing else: otherwise the second could
 * remove the lock that the first has created since. A process therefore removes a lock only while it holds the lock's guard, which is
 * itself a lock, and only after it has looked at the lock again. These steps are synchronous, so a guard is held for less than a
 * millisecond. A guard whose owner was killed meanwhile is stale and is removed in the same way.
 * @returns the descriptor, or what prevents the creation
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
 * Removes the lock file behind `fd`, even from a folder that was moved.
 * @returns true if it is removed or nothing is left to do; false if another process holds the guard
 */
export function removeLockFile(path: string, fd: number): boolean {
  if (!isLockFile(path, fd)) return removeMoved(fd);
  const remove = () => {
    if (isLockFile(path, fd)) unlinkSync(path);
  };
  // No other process removes a lock that was just renewed, so no guard is needed. The disk may have no room for one.
  if (Date.now() - fstatSync(fd).mtimeMs < FRESH_MS) remove();
  else if (guarded(path, remove)?.kind === 'held') return false;
  return true;
}

/** Linux knows the current path. A lock that now has the old name belongs to another process. */
function removeMoved(fd: number): true {
  const now = readlinkSync(`/proc/self/fd/${fd}`);
  if (isLockFile(now, fd)) unlinkSync(now);
  return true;
}

/** Whether the file of this name is the file behind `fd`. While `fd` is open no other file gets its inode number. */
export function isLockFile(path: string, fd: number): boolean {
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  const own = fstatSync(fd, { bigint: true });
  return named?.ino === own.ino && named.dev === own.dev;
}

/**
 * Records the owner, and shows that it lives. The modification time is renewed by writing, not set, because the file system's clock may
 * differ from this machine's. On a full disk the lock file stays empty, and its time is set instead.
 */
export function writeOwner(fd: number): void {
  try {
    writeSync(fd, `${JSON.stringify(thisProcess())}\n`, 0);
  } catch {
    const now = new Date();
    futimesSync(fd, now, now);
  }
}

/** `undefined` if the file exists already. */
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

/** @returns what prevents the removal */
function removeStale(path: string): Obstacle | undefined {
  let found: Obstacle | undefined;
  const obstacle = guarded(path, (now) => {
    found = lookAt(path, now);
    if (found?.kind === 'stale') unlinkSync(path);
  });
  return obstacle ?? (found?.kind === 'stale' ? undefined : found);
}

/**
 * Runs `work` while the guard of a lock is held.
 * @param work receives the current time of the file system
 * @returns what prevents taking the guard
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

/** `undefined` if the file does not exist. */
function lookAt(path: string, now: number): Obstacle | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) return { path, kind: 'foreign' };
  const text = readText(path);
  const owner = text === undefined ? undefined : ownerOf(text);
  // An empty file was just created, or its owner was killed before it wrote.
  if (text && owner === undefined) return { path, kind: 'foreign' };
  const isSilent = Math.abs(now - stats.mtimeMs) > STALE_MS;
  const isStale = isSilent || (owner !== undefined && hasEnded(owner));
  return { path, kind: isStale ? 'stale' : 'held', owner, renewed: stats.mtimeMs };
}

/** `undefined` if the file cannot be read: it may belong to another user. */
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
