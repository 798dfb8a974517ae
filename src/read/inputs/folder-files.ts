import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { isDataName } from './file-names.js';
import { DESCRIPTIONS, savedDataset } from './saved-dataset.js';

/** Told a file that a folder has and that is not read. */
export type OnPassedOver = (file: string, why: string) => void;

/** What others keep beside data: `.cache`, `_SUCCESS`. */
const HIDDEN = /^[._]/;

/**
 * The files of data in a folder and in its folders, by name, each once. Links are followed.
 * @throws StarlingError E_NO_INPUT if there are none, a folder cannot be read, or it holds several splits
 */
export async function filesInFolder(folder: string, onPassedOver: OnPassedOver): Promise<string[]> {
  const walk = new Walk(onPassedOver);
  await walk.enter(folder);
  await walk.followLinks();
  if (walk.files.length > 0) return walk.files.sort();
  const message =
    'this folder has no files of data; expected names that end in .jsonl, .json, .parquet, .arrow or the like';
  throw new StarlingError('E_NO_INPUT', message, { file: folder });
}

class Walk {
  readonly files: string[] = [];
  readonly #onPassedOver: OnPassedOver;
  /** Followed when all that lies in the folders themselves is known, so that a file has its own name, not that of a link to it. */
  readonly #links: string[] = [];
  /** Folders and files by device and inode: links may lead to one place twice, or in a circle. */
  readonly #seen = new Set<string>();

  constructor(onPassedOver: OnPassedOver) {
    this.#onPassedOver = onPassedOver;
  }

  async enter(folder: string): Promise<void> {
    if (!(await this.#isNew(folder))) return;
    const saved = await savedDataset(folder);
    if (saved?.split !== undefined) return this.enter(saved.split);
    for (const name of saved?.files ?? []) await this.#take(join(folder, name));
    for (const entry of await entriesOf(folder)) {
      if (HIDDEN.test(entry.name) || saved?.files.has(entry.name) || (saved && DESCRIPTIONS.has(entry.name))) continue;
      await this.#meet(entry, join(folder, entry.name), saved !== undefined);
    }
  }

  /** @param isSaved whether it lies in the folder of a saved dataset, which lists its files */
  async #meet(entry: Dirent, path: string, isSaved: boolean): Promise<void> {
    if (entry.isDirectory()) await this.enter(path);
    else if (isSaved) this.#passOver(path, 'no part of the saved dataset');
    else if (entry.isSymbolicLink()) this.#links.push(path);
    else if (entry.isFile()) await this.#take(path);
    else this.#passOver(path, 'no plain file');
  }

  async followLinks(): Promise<void> {
    for (let link = this.#links.sort().shift(); link !== undefined; link = this.#links.shift()) {
      const stats = await stat(link).catch(() => undefined);
      if (stats?.isDirectory()) await this.enter(link);
      else if (stats === undefined && !isDataName(link)) this.#onPassedOver(link, 'a link that leads nowhere');
      else if (stats === undefined || stats.isFile()) await this.#take(link);
      else this.#passOver(link, 'no plain file');
    }
  }

  /** A file that is not there is taken as well: opening it tells why. */
  async #take(path: string): Promise<void> {
    if (!isDataName(basename(path))) return;
    if (await this.#isNew(path)) this.files.push(path);
    else this.#passOver(path, 'another name of a file that is read');
  }

  #passOver(path: string, why: string): void {
    if (isDataName(basename(path))) this.#onPassedOver(path, why);
  }

  async #isNew(path: string): Promise<boolean> {
    const stats = await stat(path, { bigint: true }).catch(() => undefined);
    const place = stats === undefined ? path : `${stats.dev}:${stats.ino}`;
    if (this.#seen.has(place)) return false;
    this.#seen.add(place);
    return true;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    const what = cause instanceof Error && 'code' in cause ? cause.code : cause;
    const message = `this folder cannot be read (${what}); change its permissions, or name the files to read`;
    throw new StarlingError('E_NO_INPUT', message, { file: folder }, cause);
  }
}
