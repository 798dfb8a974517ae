import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Behind FILE.partial, before what makes the name unique. */
const SUFFIX = '.conversion-';

/**
 * A new folder beside FILE.partial that only this user may enter, and the path of a file in it. The file is made by its path, by code
 * that would follow a link which another user plants there.
 */
export class ConversionFolder {
  readonly file: string;
  readonly #path: string;

  static async make(partial: string): Promise<ConversionFolder> {
    return new ConversionFolder(await mkdtemp(`${partial}${SUFFIX}`));
  }

  private constructor(path: string) {
    this.#path = path;
    this.file = join(path, 'converted');
  }

  async remove(): Promise<void> {
    await rm(this.#path, { recursive: true, force: true }).catch(() => {});
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
