import { write } from 'node:fs';
import { type FileHandle, open, rename, stat } from 'node:fs/promises';
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

/**
 * Opens `-` or nothing as standard output, else a file. A file is written as FILE.partial and named FILE when it is finished, so
 * FILE is never half there, and a run that fails leaves what it has in FILE.partial. Pipes and devices are written as they are.
 *
 * @param force whether FILE and FILE.partial may be replaced
 * @throws StarlingError E_EXISTS when one is there and may not, E_WRITE
 */
export async function openOutput(target: string | undefined, { force }: { force: boolean }): Promise<Output> {
  if (target === undefined || target === '-') return standardOutput();
  const found = await stat(target).catch(() => undefined);
  if (found?.isDirectory())
    throw new StarlingError('E_USAGE', 'this is a folder; name a file to write', { file: target });
  if (found && !found.isFile()) return deviceOutput(target, await opened(target, target));
  const partial = `${target}.partial`;
  const inTheWay = found ? target : (await stat(partial).catch(() => undefined)) && partial;
  if (inTheWay && !force) {
    throw new StarlingError('E_EXISTS', 'this file exists; name another, or replace it with --force', {
      file: inTheWay,
    });
  }
  return fileOutput(target, partial, await opened(partial, target));
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
      await handle.close();
      return undefined;
    },
  };
}

function fileOutput(target: string, partial: string, handle: FileHandle): Output {
  return {
    write: (text) => writeAll(handle.fd, text, partial),
    async finish() {
      try {
        await handle.sync();
        await handle.close();
        await rename(partial, target);
      } catch (cause) {
        throw writeError(cause, target);
      }
    },
    async abandon() {
      await handle.close();
      return partial;
    },
  };
}

async function opened(path: string, target: string): Promise<FileHandle> {
  return open(path, 'w').catch((cause: unknown) => {
    throw writeError(cause, target);
  });
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
