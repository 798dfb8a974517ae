import { open, rename, rm } from 'node:fs/promises';

interface ReplaceOptions {
  /** Where the text is written before it gets its name, in the same folder. */
  temporary?: string;
  /** Whether it is on the disk when this resolves. */
  isLasting?: boolean;
  /** Permissions, whatever the umask; absent: as the umask says. */
  mode?: number;
}

/**
 * Writes a file so that a reader finds the one before or this one, never a part.
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
