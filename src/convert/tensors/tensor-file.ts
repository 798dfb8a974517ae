import { type FileHandle, open } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';
import { plainFile } from '../../json/file-text.js';

/** Bytes of one read call. The kernel returns at most 2 GiB. */
const MOST_AT_ONCE = 2 ** 30;

/** A file of weights with random access. */
export class TensorFile {
  readonly file: string;
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(file: string, handle: FileHandle, size: number) {
    this.file = file;
    this.size = size;
    this.#handle = handle;
  }

  /** @throws StarlingError E_CHECKPOINT when there is no such file, or it cannot be read */
  static async open(file: string): Promise<TensorFile> {
    try {
      const { size } = await plainFile(file);
      return new TensorFile(file, await open(file), size);
    } catch (cause) {
      throw unreadable(file, cause);
    }
  }

  /** Reads `bytes` bytes from `start`. @throws StarlingError E_CHECKPOINT when the file ends before that, or cannot be read */
  async read(start: number, bytes: number): Promise<Buffer<ArrayBuffer>> {
    const buffer = Buffer.from(new ArrayBuffer(bytes));
    let filled = 0;
    while (filled < bytes) {
      const length = Math.min(bytes - filled, MOST_AT_ONCE);
      const { bytesRead } = await this.#handle.read(buffer, filled, length, start + filled).catch((cause: unknown) => {
        throw unreadable(this.file, cause);
      });
      if (bytesRead === 0) throw this.broken('the file ended while it was read');
      filled += bytesRead;
    }
    return buffer;
  }

  /** The error for a file that is no usable part of a checkpoint. */
  broken(what: string): StarlingError {
    return new StarlingError('E_CHECKPOINT', `not a usable checkpoint: ${what}`, { file: this.file });
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function unreadable(file: string, cause: unknown): StarlingError {
  const problem = `the checkpoint's weights cannot be read: ${(cause as Error).message}`;
  return new StarlingError('E_CHECKPOINT', problem, { file }, cause);
}
