import type { Stats } from 'node:fs';
import { lstat, readFile, stat } from 'node:fs/promises';

/** No string of Node is longer. */
const MOST_TEXT = 2 ** 29 - 24;

/**
 * The text of a file of a model or a checkpoint.
 * @throws Error where it cannot be read, is no file or is too large
 */
export async function fileText(file: string): Promise<string> {
  const { size } = await plainFile(file);
  if (size > MOST_TEXT) throw new Error(`it has ${size} bytes, more than ${MOST_TEXT}`);
  return readFile(file, 'utf8');
}

/** The same, or `undefined` where there is nothing of this name. What is there and cannot be read is never taken for absent. */
export async function fileTextIfAny(file: string): Promise<string | undefined> {
  const found = await lstat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  return found && fileText(file);
}

/** The size of a file and the like. A folder holds no bytes, and a pipe would be waited for without end. @throws Error for these */
export async function plainFile(file: string): Promise<Stats> {
  const found = await stat(file);
  if (!found.isFile()) throw new Error('this is no file');
  return found;
}
