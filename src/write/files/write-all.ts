import { write } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StarlingError } from '../../contracts/errors.js';

const BUSY_WAIT_MS = 5;

const writeBytes = promisify(write);

/** The reader of a pipe has closed it, as `head -1` does. This is not a failure. */
export class ClosedPipe extends Error {
  override readonly name = 'ClosedPipe';
}

/**
 * Resolves when the operating system has taken all of the data. `process.stdout.write` would block this thread while a pipe is full;
 * this function waits in the thread pool, and polls if the pipe was made non-blocking.
 * @throws ClosedPipe, StarlingError E_WRITE
 */
export async function writeAll(fd: number, data: string | Uint8Array, name: string): Promise<void> {
  let rest = typeof data === 'string' ? Buffer.from(data) : data;
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

export function writeError(cause: unknown, file: string): StarlingError {
  if (cause instanceof StarlingError) return cause;
  return new StarlingError('E_WRITE', `could not be written: ${(cause as Error).message}`, { file }, cause);
}
