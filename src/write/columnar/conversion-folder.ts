import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Comes between FILE.partial and the random end of the folder's name. */
const SUFFIX = '.conversion-';

/**
 * A new folder beside FILE.partial that only this user may enter, and the path of a file in it. The libraries open the file by its path and
 * would follow a symbolic link that another user planted.
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

/** Removes the folders of killed runs. FILE.partial still has all rankings. The caller holds FILE's lock, so no other run uses them. */
export async function removeConversionFolders(partial: string): Promise<void> {
  const prefix = `${basename(partial)}${SUFFIX}`;
  for (const name of await readdir(dirname(partial)).catch(() => [])) {
    if (!name.startsWith(prefix)) continue;
    await rm(join(dirname(partial), name), { recursive: true, force: true }).catch(() => {});
  }
}
