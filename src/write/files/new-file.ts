import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { Lock } from './lock.js';
import type { FileTarget } from './target.js';
import { whereabouts } from './whereabouts.js';
import { writeAll, writeError } from './write-all.js';

/** Error codes of file systems without hard links. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Time between two checks that the file is still where it was created. */
const LOOK_MS = 500;

/** Data are synced to the disk after this many writes or this much time, whichever comes first. */
const WRITES_UNTIL_DURABLE = 256;
const DURABLE_MS = 1000;

/** The treatment of files that exist already. */
export interface Leftovers {
  /** Whether FILE and FILE.partial may be replaced. */
  force: boolean;
  /** FILE.partial of an earlier run: `continue` appends to it; `offer` refuses it and names --resume; if absent, it is refused. */
  partial?: 'continue' | 'offer';
  /** Called when this run waits for the lock of a run that shows no sign of life. Only `continue` waits. */
  onWait?(holder: string): void;
}

/**
 * A file that is written as FILE.partial and renamed to FILE when it is complete. FILE is therefore never incomplete, and a run that
 * fails leaves its data in FILE.partial. A FILE that appears during the run is not replaced, except with force. A lock keeps other runs
 * away, even those with --force, until the file is renamed.
 */
export class NewFile {
  readonly path: string;
  readonly partial: string;
  readonly #name: string;
  readonly #leftovers: Leftovers;
  readonly #lost = new AbortController();
  #lock: Lock | undefined;
  #looking: NodeJS.Timeout | undefined;
  /** FILE.partial. While it is open no other file gets its inode number. */
  #handle: FileHandle | undefined;
  /** Number of writes since the last sync began, this sync, and the timer of the next. */
  #unsynced = 0;
  #syncing: Promise<void> | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #syncFailure: StarlingError | undefined;

  /**
   * Reserves the file for this run. FILE.partial is created on the first write.
   * @throws StarlingError E_EXISTS, also when another run is writing it; E_USAGE when it cannot be created
   */
  static async reserve(target: FileTarget, leftovers: Leftovers): Promise<NewFile> {
    if (target.exists && !leftovers.force) throw new StarlingError('E_EXISTS', EXISTS, { file: target.name });
    const file = new NewFile(target, leftovers);
    await file.#take();
    return file;
  }

  /** As `reserve`, but creates FILE.partial at once. */
  static async create(target: FileTarget, leftovers: Leftovers): Promise<NewFile> {
    const file = await NewFile.reserve(target, leftovers);
    try {
      await file.#opened();
      return file;
    } catch (error) {
      await file.abandon();
      throw error;
    }
  }

  private constructor({ path, name }: FileTarget, leftovers: Leftovers) {
    this.path = path;
    this.partial = partialOf(path);
    this.#name = name;
    this.#leftovers = leftovers;
  }

  /** Aborted, with a StarlingError E_WRITE as the reason, within a second after the file or its folder was removed, moved or replaced. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Each write is on the disk after a second or 256 further writes, whichever comes first. */
  async write(data: string | Uint8Array): Promise<void> {
    this.lost.throwIfAborted();
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    const { fd } = await this.#opened();
    await writeAll(fd, data, this.partial);
    if (++this.#unsynced >= WRITES_UNTIL_DURABLE) this.#syncSoon();
    else this.#syncTimer ??= setTimeout(() => this.#syncSoon(), DURABLE_MS).unref();
  }

  /** Cuts the file of an earlier run to its first `bytes` bytes; the next write continues there. @throws StarlingError E_WRITE */
  async cut(bytes: number): Promise<void> {
    try {
      await (await this.#opened()).truncate(bytes);
    } catch (cause) {
      throw writeError(cause, this.partial);
    }
  }

  /** Waits until everything written is on the disk. @throws StarlingError E_WRITE */
  async sync(): Promise<void> {
    try {
      await (await this.#opened()).sync();
    } catch (cause) {
      throw writeError(cause, this.path);
    }
  }

  /**
   * Renames FILE.partial to FILE, or renames `from` to FILE and removes FILE.partial.
   * @throws StarlingError E_WRITE, also when FILE.partial no longer exists; E_EXISTS when FILE has appeared meanwhile
   */
  async publish(from = this.partial): Promise<void> {
    await this.check();
    try {
      if (this.#leftovers.force) await rename(from, this.path);
      else await renameToNew(from, this.path);
      if (from !== this.partial) await unlink(this.partial);
      await syncFolder(dirname(this.path));
    } catch (cause) {
      throw writeError(cause, this.path);
    }
    await this.#end();
  }

  /** Checks now whether the file is still that of this run. @throws StarlingError E_WRITE */
  async check(): Promise<void> {
    await this.#look();
    this.lost.throwIfAborted();
  }

  /** Releases an unwritten file until its first write, for a time in which a signal ends the process at once and would leave the lock. */
  async pause(): Promise<void> {
    if (this.#handle === undefined) await this.#end();
  }

  /** Closes the file. Returns where the data are kept, if anything was written. */
  async abandon(): Promise<string | undefined> {
    const kept = this.#handle && (await this.#kept(this.#handle).catch(() => undefined));
    await this.#end();
    return kept;
  }

  async #take(): Promise<void> {
    const { force, partial, onWait } = this.#leftovers;
    this.#lock = await Lock.take(lockOf(this.path), this.#name, partial === 'continue' ? { onWait } : undefined);
    try {
      // A run that has just ended may have left these files.
      if (!force) await refuseThere(this.path, this.#name, EXISTS);
      if (!force && partial !== 'continue') await refuseThere(this.partial, this.partial, leftOver(partial));
    } catch (error) {
      await this.#lock.release();
      throw error;
    }
    this.#looking = setInterval(() => void this.#look().catch(() => {}), LOOK_MS).unref();
  }

  async #opened(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    if (this.#lock === undefined) await this.#take();
    const { force, partial } = this.#leftovers;
    const left = partial === 'continue' ? await reopened(this.partial) : undefined;
    if (force && left === undefined) await rm(this.partial, { force: true }).catch(() => {});
    this.#handle = left ?? (await created(this.partial, this.#name, leftOver(partial)));
    return this.#handle;
  }

  /** Starts a sync without waiting for it; writing continues meanwhile. */
  #syncSoon(): void {
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
    if (this.#syncing !== undefined || this.#handle === undefined) return;
    this.#unsynced = 0;
    this.#syncing = this.#handle
      .datasync()
      .catch((cause) => {
        this.#syncFailure = writeError(cause, this.partial);
      })
      .finally(() => {
        this.#syncing = undefined;
        if (this.#unsynced > 0) this.#syncTimer ??= setTimeout(() => this.#syncSoon(), DURABLE_MS).unref();
      });
  }

  async #look(): Promise<void> {
    if (this.lost.aborted || this.#lock === undefined) return;
    const found = this.#handle && (await whereabouts(this.partial, this.#handle));
    if (found === undefined && this.#lock.isHeld()) return;
    const happened = found?.happened ?? 'the folder of this was removed or moved, or another run took its lock';
    this.#lost.abort(new StarlingError('E_WRITE', happened, { file: this.partial }));
  }

  async #kept(handle: FileHandle): Promise<string | undefined> {
    const { size } = await handle.stat();
    const found = await whereabouts(this.partial, handle);
    if (found !== undefined) return size > 0 ? found.now : undefined;
    if (size > 0) return this.partial;
    await rm(this.partial, { force: true });
    return undefined;
  }

  async #end(): Promise<void> {
    clearInterval(this.#looking);
    clearTimeout(this.#syncTimer);
    await this.#syncing;
    await this.#handle?.close().catch(() => {});
    await this.#lock?.release();
    this.#lock = undefined;
  }
}

export function partialOf(path: string): string {
  return `${path}.partial`;
}

export function lockOf(path: string): string {
  return `${partialOf(path)}.lock`;
}

const EXISTS = 'this exists; name another file, or replace it with --force';

function leftOver(partial: Leftovers['partial']): string {
  return `an earlier run left this; ${partial === undefined ? 'remove it' : 'go on with it with --resume'}, or replace it with --force`;
}

async function refuseThere(path: string, file: string, problem: string): Promise<void> {
  if (await lstat(path).catch(() => undefined)) throw new StarlingError('E_EXISTS', problem, { file });
}

/**
 * Opens the file of an earlier run for appending; `undefined` if there is none. Does not follow a link.
 * @throws StarlingError E_EXISTS if it is not a writable file
 */
async function reopened(path: string): Promise<FileHandle | undefined> {
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;
  const handle = await open(path, flags).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new StarlingError('E_EXISTS', `cannot be gone on with: ${cause.message}`, { file: path }, cause);
  });
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new StarlingError('E_EXISTS', 'this is no file to go on with; remove it', { file: path });
}

/** Syncs the folder so that a new name survives a power loss. Does nothing on file systems that cannot do this. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Creates a file that does not exist yet. Does not follow a link that was planted there. */
async function created(path: string, name: string, leftOver: string): Promise<FileHandle> {
  return open(path, 'wx').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new StarlingError('E_EXISTS', leftOver, { file: path });
    throw new StarlingError('E_USAGE', `cannot be created: ${cause.message}`, { file: name }, cause);
  });
}

/** `rename` replaces an existing file; only `link` checks and names in one step. */
async function renameToNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const taken = code === 'EEXIST' || (await lstat(to).catch(() => undefined)) !== undefined;
    if (taken)
      throw new StarlingError('E_EXISTS', 'this appeared while the run was writing it, and is left alone', {
        file: to,
      });
    if (!NO_LINKS.has(code)) throw cause;
    return rename(from, to);
  }
  await unlink(from);
}
