import { type Stats, write } from 'node:fs';
import { type FileHandle, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StarlingError } from '../errors.js';

const STDOUT = 1;
const BUSY_WAIT_MS = 5;

const writeBytes = promisify(write);

/** The reader of a pipe has gone, as `head -1` does. No failure: there is nobody to write to. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe';
}

/** Where data goes: standard output, a file, or a device. Nothing else is written there. */
export interface Output {
  /** The file that is complete only when it is finished; `undefined` for what takes data as it comes. */
  readonly file?: string;
  /**
   * Resolves when the operating system has taken all of the text.
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  write(text: string): Promise<void>;
  /** All is written: a file gets its name. @throws StarlingError E_WRITE */
  finish(): Promise<void>;
  /** Closes what is not finished, and tells where what was written so far is kept, if anywhere. */
  abandon(): Promise<string | undefined>;
}

/** Other spellings of standard output; opened by these names it would be another file position. */
const STDOUT_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

/**
 * Opens `-` or nothing as standard output, else a file. A file is written as FILE.partial and named FILE when it is finished, so
 * FILE is never half there, and a run that fails leaves what it has in FILE.partial. Pipes and devices are written as they are.
 *
 * @param force whether FILE and FILE.partial may be replaced
 * @throws StarlingError E_EXISTS when one is there and may not, E_USAGE when it cannot be created, E_WRITE
 */
export async function openOutput(target: string | undefined, { force }: { force: boolean }): Promise<Output> {
  if (target === undefined || STDOUT_PATHS.has(target)) return standardOutput();
  const file = await realpath(target).catch(() => target);
  const found = await lstat(file).catch(() => undefined);
  if (found?.isDirectory() || target === '')
    throw new StarlingError('E_USAGE', 'not a file to write', { file: target });
  if (found && !found.isFile() && !found.isSymbolicLink())
    return deviceOutput(target, await created(file, 'w', target));
  if (found && !force) {
    throw new StarlingError('E_EXISTS', 'this exists; name another file, or replace it with --force', { file: target });
  }
  const partial = `${file}.partial`;
  if (force) await rm(partial, { force: true }).catch(() => {});
  const handle = await created(partial, 'wx', target);
  return fileOutput(file, partial, handle, await handle.stat());
}

async function created(path: string, flags: string, target: string): Promise<FileHandle> {
  return open(path, flags).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') {
      const problem = 'an earlier run left this, or one is writing it; remove it, or replace it with --force';
      throw new StarlingError('E_EXISTS', problem, { file: path });
    }
    throw new StarlingError('E_USAGE', `cannot be created: ${cause.message}`, { file: target }, cause);
  });
}

function standardOutput(): Output {
  return {
    write: (text) => writeAll(STDOUT, text, '<stdout>'),
    finish: async () => {},
    abandon: async () => undefined,
  };
}

function deviceOutput(target: string, handle: FileHandle): Output {
  return {
    write: (text) => writeAll(handle.fd, text, target),
    finish: () => handle.close(),
    abandon: async () => {
      await handle.close().catch(() => {});
      return undefined;
    },
  };
}

/** @param own what FILE.partial was when it was created: another run with --force may put its own in that place */
function fileOutput(target: string, partial: string, handle: FileHandle, own: Stats): Output {
  return {
    file: target,
    write: (text) => writeAll(handle.fd, text, partial),
    async finish() {
      try {
        await handle.sync();
        if (!(await isStill(own, partial))) throw new Error(`another run has taken ${partial}`);
        await handle.close();
        await rename(partial, target);
      } catch (cause) {
        throw writeError(cause, target);
      }
    },
    async abandon() {
      // Closed already if it was the renaming that failed.
      await handle.close().catch(() => {});
      if (!(await isStill(own, partial))) return undefined;
      const { size } = await stat(partial);
      if (size > 0) return partial;
      await rm(partial, { force: true }).catch(() => {});
      return undefined;
    },
  };
}

async function isStill(own: Stats, path: string): Promise<boolean> {
  const named = await stat(path).catch(() => undefined);
  return own.ino === named?.ino && own.dev === named.dev;
}

/**
 * Not `process.stdout.write`, which blocks this thread while a pipe is full: this waits in the thread pool, and in steps where
 * whoever made the pipe has set it not to block.
 */
async function writeAll(fd: number, text: string, name: string): Promise<void> {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      const { bytesWritten } = await writeBytes(fd, rest);
      rest = rest.subarray(bytesWritten);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'EPIPE') throw new ClosedPipe();
      if (code !== 'EAGAIN') throw writeError(cause, name);
      await wait(BUSY_WAIT_MS);
    }
  }
}

function writeError(cause: unknown, file: string): StarlingError {
  return new StarlingError('E_WRITE', `could not be written: ${(cause as Error).message}`, { file }, cause);
}
