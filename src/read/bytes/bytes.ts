import { closeSync, constants, createReadStream, open, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { messageOf, StarlingError } from '../../contracts/errors.js';
import { ChangedFile } from '../inputs/file-version.js';
import type { Input } from '../inputs/inputs.js';
import { fileBytes } from './file-bytes.js';

/**
 * The bytes of an input in pieces, as they arrive. Leaving early closes the input; an abort ends the pieces without an error.
 * @param onGrown told of a file that has more bytes than it had
 * @throws StarlingError E_READ when opening or reading fails, and when a file is not what it was
 */
export async function* readBytes(
  input: Input,
  signal?: AbortSignal,
  onGrown?: (message: string) => void,
): AsyncGenerator<Buffer> {
  if (signal?.aborted) return;
  const { name, version } = input;
  try {
    if (version === undefined) yield* streamBytes(input, signal);
    else yield* fileBytes(name, version, signal, (bytes) => onGrown?.(grown(name, version.size, bytes)));
  } catch (cause) {
    if (signal?.aborted) return;
    if (cause instanceof ChangedFile) throw cause;
    const what = messageOf(cause);
    throw new StarlingError(
      'E_READ',
      `reading failed (${what}); check the file and its disk, then run again`,
      { file: input.name },
      cause,
    );
  }
}

function grown(name: string, before: number, now: number): string {
  return `${name} grew from ${before} to ${now} bytes while it was read; only the first ${before} were read`;
}

async function* streamBytes(input: Input, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const stream = await openStream(input, signal);
  if (signal) addAbortSignal(signal, stream);
  yield* stream as AsyncIterable<Buffer>;
}

async function openStream({ kind, name }: Input, signal: AbortSignal | undefined): Promise<Readable> {
  if (kind === 'stdin') return process.stdin;
  if (kind === 'file') return createReadStream(name);
  const fd = await openFifo(name, signal);
  return new Socket({ fd, readable: true, writable: false });
}

/**
 * A FIFO blocks a thread while it is opened, until a writer comes, and while it is read as a file; such a thread would keep
 * the process from ending. So it is read as a socket, which polls, and an abort frees the opening by standing in as the writer.
 */
async function openFifo(path: string, signal: AbortSignal | undefined): Promise<number> {
  const writers: number[] = [];
  const free = () => {
    try {
      writers.push(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    } catch {
      // Without the right to write, the opening waits for the true writer.
    }
  };
  signal?.addEventListener('abort', free, { once: true });
  try {
    return await promisify(open)(path, 'r');
  } finally {
    signal?.removeEventListener('abort', free);
    for (const fd of writers) closeSync(fd);
  }
}
