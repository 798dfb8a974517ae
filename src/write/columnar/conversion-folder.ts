import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Behind FILE.partial, before what makes the name unique. */
const SUFFIX = '.conversion-';

/**
 * Gives `work` a path in a new folder beside FILE.partial that only this user may enter: the file is made by its path, by code that
 * would follow what others plant there. The folder is removed however it ends.
 */
export async function inConversionFolder(partial: string, work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${partial}${SUFFIX}`);
  try {
    await work(join(folder, 'converted'));
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Removes what runs that were killed have left. FILE.partial has all of it; the lock of FILE says that no run is alive. */
export async function removeConversionFolders(partial: string): Promise<void> {
  const prefix = `${basename(partial)}${SUFFIX}`;
  for (const name of await readdir(dirname(partial)).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    await rm(join(dirname(partial), name), { recursive: true, force: true }).catch(() => {});
  }
}
