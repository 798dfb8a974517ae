import { open, rename, rm } from 'node:fs/promises';

interface ReplaceOptions {
  /** Path where the text is written before it is renamed, in the same folder. */
  temporary?: string;
  /** Whether to wait until it is on the disk. */
  isLasting?: boolean;
  /** Permissions, regardless of the umask; if absent, the umask applies. */
  mode?: number;
}

/**
 * Writes a file atomically: a reader finds the previous file or this one, never a part.
 * @throws Error of the system
 */
export async function replaceFile(
  path: string,
  text: string,
  { temporary = `${path}.new`, isLasting = false, mode }: ReplaceOptions = {},
): Promise<void> {
  await rm(temporary, { force: true });
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(text);
      if (mode !== undefined) await handle.chmod(mode);
      if (isLasting) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw cause;
  }
}
