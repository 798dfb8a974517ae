import { type FileHandle, open } from 'node:fs/promises';
import { cutFile, type FileVersion, refuseChange, versionAt, versionOf } from '../inputs/file-version.js';

const PIECE_BYTES = 2 ** 16;

/**
 * The bytes that a regular file had when the run began, in pieces. Bytes that were appended since are not read. An abort ends the pieces
 * without an error.
 * @param onGrown called with the new size if bytes were appended
 * @throws ChangedFile if the file was truncated, overwritten or replaced, before the pieces end
 */
export async function* fileBytes(
  { name, path, version }: { name: string; path: string; version: FileVersion },
  signal?: AbortSignal,
  onGrown?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const handle = await open(path);
  try {
    const opened = versionOf(await handle.stat({ bigint: true }));
    refuseChange(version, opened, name);
    let bytes = 0;
    for await (const piece of pieces(handle, mostBytes(version, opened))) {
      if (signal?.aborted) return;
      bytes += piece.length;
      yield piece;
    }
    if (signal?.aborted) return;
    const now = versionOf(await handle.stat({ bigint: true }));
    if (bytes < version.size) throw cutFile(version.size, Math.min(bytes, now.size), name);
    refuseChange(version, now, name);
    refuseChange(version, (await versionAt(path)) ?? now, name);
    if (now.size > version.size) onGrown?.(now.size);
  } finally {
    await handle.close();
  }
}

/** Bytes to read at most. A file of 0 bytes may have content that the system generates on reading, as in /proc. */
function mostBytes(before: FileVersion, now: FileVersion): number {
  return now.size === 0 ? Number.POSITIVE_INFINITY : before.size;
}

async function* pieces(handle: FileHandle, most: number): AsyncGenerator<Buffer> {
  for (let left = most; left > 0; ) {
    const length = Math.min(left, PIECE_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length);
    if (bytesRead === 0) return;
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
