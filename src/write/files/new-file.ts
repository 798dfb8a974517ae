import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { Lock } from './lock.js';
import type { FileTarget } from './target.js';
import { whereabouts } from './whereabouts.js';
import { writeAll, writeError } from './write-all.js';

/** What file systems without hard links say. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** How often it is looked whether the file is still where it was made. */
const LOOK_MS = 500;

/** What was written is on the disk after so many writes or so much time, whichever comes first. */
const WRITES_UNTIL_DURABLE = 256;
const DURABLE_MS = 1000;

/** What happens to files that are there already. */
export interface Leftovers {
  /** Whether FILE and FILE.partial may be replaced. */
  force: boolean;
  /** FILE.partial of an earlier run: `continue` writes behind its end; `offer` refuses it and names --resume; if absent it is refused. */
  partial?: 'continue' | 'offer';
  /** Called when the lock of a run that shows no sign of life is waited for, which only `continue` does. */
  onWait?(holder: string): void;
}

/**
 * A file that is written as FILE.partial and named FILE when it is complete, so FILE is never half there, and a run that fails
 * leaves what it has in FILE.partial. What was not there in the beginning is not replaced in the end, unless by force. A lock keeps
 * other runs away from it, those with --force too, until FILE is named.
 */
export class NewFile {
  readonly path: string;
  readonly partial: string;
  readonly #name: string;
  readonly #leftovers: Leftovers;
  readonly #lost = new AbortController();
  #lock: Lock | undefined;
  #looking: NodeJS.Timeout | undefined;
  /** FILE.partial. While it is open no other file gets its number. */
  #handle: FileHandle | undefined;
  /** Writes since the last sync began, that sync, and the timer of the next. */
  #unsynced = 0;
  #syncing: Promise<void> | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #syncFailure: StarlingError | undefined;

  /**
   * Keeps the place for this run. FILE.partial is created when it is first written to.
   * @throws StarlingError E_EXISTS, also when another run is writing it; E_USAGE when it cannot be created
   */
  static async reserve(target: FileTarget, leftovers: Leftovers): Promise<NewFile> {
    if (target.exists && !leftovers.force) throw new StarlingError('E_EXISTS', EXISTS, { file: target.name });
    const file = new NewFile(target, leftovers);
    await file.#take();
    return file;
  }

  /** As `reserve`, with FILE.partial. */
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

  /** Aborted, with the StarlingError E_WRITE as the reason, within a second after the file or its folder was removed, moved or replaced. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Each write is on the disk within a second, or 256 writes later. */
  async write(data: string | Uint8Array): Promise<void> {
    this.lost.throwIfAborted();
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    const { fd } = await this.#opened();
    await writeAll(fd, data, this.partial);
    if (++this.#unsynced >= WRITES_UNTIL_DURABLE) this.#syncSoon();
    else this.#syncTimer ??= setTimeout(() => this.#syncSoon(), DURABLE_MS).unref();
  }

  /** Cuts what an earlier run left to its first `bytes` bytes; what is written next stands behind them. @throws StarlingError E_WRITE */
  async cut(bytes: number): Promise<void> {
    try {
      await (await this.#opened()).truncate(bytes);
    } catch (cause) {
      throw writeError(cause, this.partial);
    }
  }

  /** All is written, and on the disk. @throws StarlingError E_WRITE */
  async sync(): Promise<void> {
    try {
      await (await this.#opened()).sync();
    } catch (cause) {
      throw writeError(cause, this.path);
    }
  }

  /**
   * FILE.partial becomes FILE, or `from` does and FILE.partial is gone.
   * @throws StarlingError E_WRITE, also when FILE.partial is no longer there; E_EXISTS when FILE appeared meanwhile
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

  /** Looks now whether the file is still that of this run. @throws StarlingError E_WRITE */
  async check(): Promise<void> {
    await this.#look();
    this.lost.throwIfAborted();
  }

  /** Gives the place free until it is written to: for a time in which a signal ends the process at once, and would leave the lock. */
  async pause(): Promise<void> {
    if (this.#handle === undefined) await this.#end();
  }

  /** Closes it, and tells where what was written is kept, if anything was. */
  async abandon(): Promise<string | undefined> {
    const kept = this.#handle && (await this.#kept(this.#handle).catch(() => undefined));
    await this.#end();
    return kept;
  }

  async #take(): Promise<void> {
    const { force, partial, onWait } = this.#leftovers;
    this.#lock = await Lock.take(lockOf(this.path), this.#name, partial === 'continue' ? { onWait } : undefined);
    try {
      // A run that has just ended may have left these.
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

  /** Starts to bring what was written to the disk. Writing goes on meanwhile. */
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
 * Opens what an earlier run left, for writing behind its end; `undefined` where there is nothing. A link is not followed.
 * @throws StarlingError E_EXISTS where it is no file that can be written
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

/** So that a new name outlives a power loss. File systems that cannot do this are left alone. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

/** Creates a file that is not there yet: what is planted there is not followed. */
async function created(path: string, name: string, leftOver: string): Promise<FileHandle> {
  return open(path, 'wx').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new StarlingError('E_EXISTS', leftOver, { file: path });
    throw new StarlingError('E_USAGE', `cannot be created: ${cause.message}`, { file: name }, cause);
  });
}

/** `rename` replaces whatever is there; only linking asks and names in one step. */
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
