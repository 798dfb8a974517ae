import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { FilePart } from './client.js';

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;

/**
 * Opens the partial file of an earlier run, or a new file. A hard or symbolic link or a named pipe of that name is removed, as a write
 * through a link would change another file of the user.
 */
export async function openPartial(path: string): Promise<FileHandle> {
  const handle = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o644).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ELOOP') throw cause;
    },
  );
  const found = await handle?.stat();
  if (handle !== undefined && found?.isFile() && found.nlink <= 1) return handle;
  await handle?.close();
  await rm(path, { force: true });
  return openPartial(path);
}

/**
 * The part of a file from its beginning on that has been downloaded. Every byte is written at its own offset and there are no gaps, so
 * two runs may download the same file at the same time.
 */
export class PartialFile {
  readonly #handle: FileHandle;
  readonly #onBytes: (bytes: number, came: boolean) => void;
  #size = 0;

  /** @param onBytes called with each change of the size, and whether the bytes were downloaded just now */
  constructor(handle: FileHandle, onBytes: (bytes: number, came: boolean) => void) {
    this.#handle = handle;
    this.#onBytes = onBytes;
  }

  /** Bytes that are there. */
  get size(): number {
    return this.#size;
  }

  /** Counts the bytes that are there, or drops them if they are more than `whole`. @returns the size */
  async begin(whole: number): Promise<number> {
    const { size } = await this.#handle.stat();
    if (size > whole) await this.#handle.truncate();
    else this.#grow(size, false);
    return this.#size;
  }

  /** @param part begins at the current size, or at 0 to replace all that is there */
  async add({ at, bytes }: FilePart): Promise<void> {
    if (at === 0 && this.#size > 0) {
      await this.#handle.truncate();
      this.#grow(-this.#size, false);
    }
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
    this.#grow(bytes.length, true);
  }

  async close(): Promise<void> {
    await this.#handle.sync().catch(() => {});
    await this.#handle.close();
  }

  #grow(bytes: number, came: boolean): void {
    this.#size += bytes;
    this.#onBytes(bytes, came);
  }
}
