import { randomUUID } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Replaces a small file of the cache by a text, whole or not at all. The text is first written under a random name to a file that has to be
 * new, as a write would follow a link planted under a predictable name.
 * @throws Error of the system; nothing is left then
 */
export async function replaceText(path: string, text: string): Promise<void> {
  const next = `${path}.${randomUUID()}.new`;
  try {
    await writeFile(next, text, { flag: 'wx' });
    await rename(next, path);
  } catch (cause) {
    await rm(next, { force: true });
    throw cause;
  }
}
