import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Comes between FILE.partial and the random end of the folder's name. */
const SUFFIX = '.conversion-';

/**
 * Calls `work` with a path in a new folder beside FILE.partial that only this user may enter. The libraries open the file by its path and
 * would follow a symbolic link that another user planted. The folder is removed afterwards, also after an error.
 */
export async function inConversionFolder(partial: string, work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(`${partial}${SUFFIX}`);
  try {
    await work(join(folder, 'converted'));
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Removes the folders of killed runs. FILE.partial still has all rankings. The caller holds FILE's lock, so no other run uses them. */
export async function removeConversionFolders(partial: string): Promise<void> {
  const prefix = `${basename(partial)}${SUFFIX}`;
  for (const name of await readdir(dirname(partial)).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    await rm(join(dirname(partial), name), { recursive: true, force: true }).catch(() => {});
  }
}
