import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, link, lstat, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StarlingError } from '../errors.js';
import type { FileTarget } from './target.js';
import { writeAll, writeError } from './write-all.js';

/** What file systems without hard links say. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * A file that is written as FILE.partial and named FILE when it is complete, so FILE is never half there, and a run that fails
 * leaves what it has in FILE.partial. What was not there in the beginning is not replaced in the end, unless by force.
 */
export class NewFile {
  readonly path: string;
  readonly partial: string;
  readonly #force: boolean;
  readonly #handle: FileHandle;
  /** What FILE.partial was when it was created: another run with --force may put its own in that place. */
  readonly #own: Stats;

  /** @throws StarlingError E_EXISTS, or E_USAGE when it cannot be created */
  static async create(target: FileTarget, force: boolean): Promise<NewFile> {
    refuseExisting(target, force);
    const partial = partialOf(target.path);
    if (force) await rm(partial, { force: true }).catch(() => {});
    const handle = await created(partial, target.name);
    return new NewFile(target.path, partial, force, handle, await handle.stat());
  }

  private constructor(path: string, partial: string, force: boolean, handle: FileHandle, own: Stats) {
    this.path = path;
    this.partial = partial;
    this.#force = force;
    this.#handle = handle;
    this.#own = own;
  }

  async write(data: string | Uint8Array): Promise<void> {
    await writeAll(this.#handle.fd, data, this.partial);
  }

  /** All is written. @throws StarlingError E_WRITE */
  async close(): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (cause) {
      throw writeError(cause, this.path);
    }
  }

  /**
   * FILE.partial, closed, becomes FILE, or `from` does and FILE.partial is gone.
   * @throws StarlingError E_WRITE, also when another run has taken FILE.partial; E_EXISTS when FILE appeared meanwhile
   */
  async publish(from = this.partial): Promise<void> {
    try {
      if (!(await this.#isOurs())) throw new Error(`another run has taken ${this.partial}`);
      if (this.#force) await rename(from, this.path);
      else await renameToNew(from, this.path);
      if (from !== this.partial) await unlink(this.partial);
    } catch (cause) {
      throw writeError(cause, this.path);
    }
  }

  /** Closes it, and tells where what was written is kept, if anything was. */
  async abandon(): Promise<string | undefined> {
    // Closed already if it was the naming that failed.
    await this.#handle.close().catch(() => {});
    if (!(await this.#isOurs())) return undefined;
    const { size } = await stat(this.partial);
    if (size > 0) return this.partial;
    await rm(this.partial, { force: true }).catch(() => {});
    return undefined;
  }

  async #isOurs(): Promise<boolean> {
    const named = await stat(this.partial).catch(() => undefined);
    return this.#own.ino === named?.ino && this.#own.dev === named.dev;
  }
}

export function partialOf(path: string): string {
  return `${path}.partial`;
}

/** What `create` would refuse, for a file that is created later. @throws StarlingError E_EXISTS, E_USAGE */
export async function checkCreatable(target: FileTarget, force: boolean): Promise<void> {
  refuseExisting(target, force);
  await refuseLeftOver(partialOf(target.path), force);
  await access(dirname(target.path), constants.W_OK).catch((cause) => {
    throw notCreated(cause, target.name);
  });
}

/** @throws StarlingError E_EXISTS */
export async function refuseLeftOver(path: string, force: boolean): Promise<void> {
  if (!force && (await lstat(path).catch(() => undefined))) throw leftOver(path);
}

function refuseExisting({ name, exists }: FileTarget, force: boolean): void {
  if (!exists || force) return;
  throw new StarlingError('E_EXISTS', 'this exists; name another file, or replace it with --force', { file: name });
}

/** Creates a file that is not there yet. */
async function created(path: string, name: string): Promise<FileHandle> {
  return open(path, 'wx').catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EEXIST' ? leftOver(path) : notCreated(cause, name);
  });
}

function leftOver(file: string): StarlingError {
  const problem = 'an earlier run left this, or one is writing it; remove it, or replace it with --force';
  return new StarlingError('E_EXISTS', problem, { file });
}

function notCreated(cause: NodeJS.ErrnoException, file: string): StarlingError {
  return new StarlingError('E_USAGE', `cannot be created: ${cause.message}`, { file }, cause);
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
