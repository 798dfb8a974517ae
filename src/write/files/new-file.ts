import { type FileHandle, link, lstat, open, rename, rm, unlink } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';
import { Lock } from './lock.js';
import type { FileTarget } from './target.js';
import { whereabouts } from './whereabouts.js';
import { writeAll, writeError } from './write-all.js';

/** What file systems without hard links say. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** How often it is looked whether the file is still where it was made. */
const LOOK_MS = 500;

/**
 * A file that is written as FILE.partial and named FILE when it is complete, so FILE is never half there, and a run that fails
 * leaves what it has in FILE.partial. What was not there in the beginning is not replaced in the end, unless by force. A lock keeps
 * other runs away from it, those with --force too, until FILE is named.
 */
export class NewFile {
  readonly path: string;
  readonly partial: string;
  readonly #name: string;
  readonly #force: boolean;
  readonly #lost = new AbortController();
  #lock: Lock | undefined;
  #looking: NodeJS.Timeout | undefined;
  /** FILE.partial. While it is open no other file gets its number. */
  #handle: FileHandle | undefined;

  /**
   * Keeps the place for this run. FILE.partial is created when it is first written to.
   * @throws StarlingError E_EXISTS, also when another run is writing it; E_USAGE when it cannot be created
   */
  static async reserve(target: FileTarget, force: boolean): Promise<NewFile> {
    if (target.exists && !force) throw new StarlingError('E_EXISTS', EXISTS, { file: target.name });
    const file = new NewFile(target, force);
    await file.#take();
    return file;
  }

  /** As `reserve`, with FILE.partial. */
  static async create(target: FileTarget, force: boolean): Promise<NewFile> {
    const file = await NewFile.reserve(target, force);
    try {
      await file.#opened();
      return file;
    } catch (error) {
      await file.abandon();
      throw error;
    }
  }

  private constructor({ path, name }: FileTarget, force: boolean) {
    this.path = path;
    this.partial = partialOf(path);
    this.#name = name;
    this.#force = force;
  }

  /** Aborted, with the StarlingError E_WRITE as the reason, within a second after the file or its folder was removed, moved or replaced. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async write(data: string | Uint8Array): Promise<void> {
    this.lost.throwIfAborted();
    const { fd } = await this.#opened();
    await writeAll(fd, data, this.partial);
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
      if (this.#force) await rename(from, this.path);
      else await renameToNew(from, this.path);
      if (from !== this.partial) await unlink(this.partial);
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
    this.#lock = await Lock.take(lockOf(this.path), this.#name);
    try {
      // A run that has just ended may have left these.
      if (!this.#force) await refuseThere(this.path, this.#name, EXISTS);
      if (!this.#force) await refuseThere(this.partial, this.partial, LEFT_OVER);
    } catch (error) {
      await this.#lock.release();
      throw error;
    }
    this.#looking = setInterval(() => void this.#look().catch(() => {}), LOOK_MS).unref();
  }

  async #opened(): Promise<FileHandle> {
    if (this.#handle !== undefined) return this.#handle;
    if (this.#lock === undefined) await this.#take();
    if (this.#force) await rm(this.partial, { force: true }).catch(() => {});
    this.#handle = await created(this.partial, this.#name);
    return this.#handle;
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
const LEFT_OVER = 'an earlier run left this; remove it, or replace it with --force';

async function refuseThere(path: string, file: string, problem: string): Promise<void> {
  if (await lstat(path).catch(() => undefined)) throw new StarlingError('E_EXISTS', problem, { file });
}

/** Creates a file that is not there yet: what is planted there is not followed. */
async function created(path: string, name: string): Promise<FileHandle> {
  return open(path, 'wx').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw new StarlingError('E_EXISTS', LEFT_OVER, { file: path });
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
