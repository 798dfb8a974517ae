import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';

/** UTF-16 units of Node's longest string. */
const MOST_TEXT = 2 ** 29 - 24;

/** Reads the text of a file; `undefined` for an absent file. @throws Error as `fileTextIfAny` does */
export type ReadText = (file: string) => Promise<string | undefined>;

/**
 * The text of a file of a model or a checkpoint; `undefined` for an absent file. An unreadable file is an error, not absent.
 * @throws Error if it cannot be read, is not a regular file or is too large
 */
export async function fileTextIfAny(file: string): Promise<string | undefined> {
  const bytes = await fileBytesIfAny(file);
  return bytes && textOf(bytes);
}

/** The text of a file's bytes. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

async function fileBytes(file: string): Promise<Uint8Array> {
  const { size } = await plainFile(file);
  if (size > MOST_TEXT) throw new Error(`it has ${size} bytes, more than ${MOST_TEXT}`);
  return readFile(file);
}

/** As `fileTextIfAny`, but the bytes. */
export async function fileBytesIfAny(file: string): Promise<Uint8Array | undefined> {
  const found = await lstat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  return found && fileBytes(file);
}

/** `stat` of a regular file. Anything else is refused: a folder has no bytes, and a read from a pipe may block forever. @throws Error */
export async function plainFile(file: string): Promise<Stats> {
  const found = await stat(file);
  if (!found.isFile()) throw new Error('this is no file');
  return found;
}
