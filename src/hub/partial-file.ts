import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { FilePart } from './client.js';

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;

/**
 * Opens what an earlier run left, or a new file. A link, hard or symbolic, or a named pipe in that place is removed: what is written
 * through a link would end in another file of the user's.
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
 * The beginning of a file, as far as it was loaded. Every byte goes to its own place and the beginning is never missing, so two runs
 * that load the same file at the same time do each other no harm.
 */
export class PartialFile {
  readonly #handle: FileHandle;
  readonly #onBytes: (bytes: number, came: boolean) => void;
  #size = 0;

  /** @param onBytes told how many bytes it has more, or less, and whether they were added */
  constructor(handle: FileHandle, onBytes: (bytes: number, came: boolean) => void) {
    this.#handle = handle;
    this.#onBytes = onBytes;
  }

  /** Bytes from the beginning on that are there. */
  get size(): number {
    return this.#size;
  }

  /** Goes on with what is there, unless that is more than the whole. @returns how much that is */
  async begin(whole: number): Promise<number> {
    const { size } = await this.#handle.stat();
    if (size > whole) await this.#handle.truncate();
    else this.#grow(size, false);
    return this.#size;
  }

  /** @param part that follows on what is there, or starts anew */
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
