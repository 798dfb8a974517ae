import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';

/** UTF-16 units of Node's longest string. */
const MOST_TEXT = 2 ** 29 - 24;

/**
 * The text of a file of a model or a checkpoint.
 * @throws Error if it cannot be read, is not a regular file or is too large
 */
export async function fileText(file: string): Promise<string> {
  const { size } = await plainFile(file);
  if (size > MOST_TEXT) throw new Error(`it has ${size} bytes, more than ${MOST_TEXT}`);
  return readFile(file, 'utf8');
}

/** As `fileText`, but `undefined` for an absent file. An unreadable file is an error, not absent. */
export async function fileTextIfAny(file: string): Promise<string | undefined> {
  const found = await lstat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  return found && fileText(file);
}

/** `stat` of a regular file. Anything else is refused: a folder has no bytes, and a read from a pipe may block forever. @throws Error */
export async function plainFile(file: string): Promise<Stats> {
  const found = await stat(file);
  if (!found.isFile()) throw new Error('this is no file');
  return found;
}
