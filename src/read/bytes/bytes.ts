import { closeSync, constants, createReadStream, open, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { messageOf, StarlingError } from '../../contracts/errors.js';
import { ChangedFile } from '../inputs/file-version.js';
import { type Input, pathOf } from '../inputs/inputs.js';
import { fileBytes } from './file-bytes.js';

/**
 * The bytes of an input in pieces, as they arrive. Leaving early closes the input; an abort ends the pieces without an error.
 * @param onGrown called with a message for users if a file grew while it was read
 * @throws StarlingError E_READ if opening or reading fails, or if a file was changed since the run began
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
    else
      yield* fileBytes({ name, path: pathOf(input), version }, signal, (bytes) =>
        onGrown?.(grown(name, version.size, bytes)),
      );
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

async function openStream(input: Input, signal: AbortSignal | undefined): Promise<Readable> {
  if (input.kind === 'stdin') return process.stdin;
  const path = pathOf(input);
  if (input.kind === 'file') return createReadStream(path);
  const fd = await openFifo(path, signal);
  return new Socket({ fd, readable: true, writable: false });
}

/**
 * Opens a FIFO so that an abort can end the reading. Opening a FIFO blocks a thread until a writer opens it too, and so does reading it as
 * a file; a blocked thread would keep the process from exiting. So the FIFO is read as a socket, which polls, and an abort ends the blocked
 * opening by opening the FIFO as a writer.
 */
async function openFifo(path: string, signal: AbortSignal | undefined): Promise<number> {
  const writers: number[] = [];
  const free = () => {
    try {
      writers.push(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    } catch {
      // Without write permission the opening still waits for the real writer.
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
