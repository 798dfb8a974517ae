import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { isDataName } from '../../names/data-names.js';
import { DESCRIPTIONS, savedDataset } from './saved-dataset.js';

/** Called for each file of a folder that is not read, with the reason. */
export type OnPassedOver = (file: string, why: string) => void;

/** Files that other programs keep beside data: `.cache`, `_SUCCESS`. */
const HIDDEN = /^[._]/;

/**
 * The data files in a folder and its subfolders, sorted by name, each once. Links are followed.
 * @throws StarlingError E_NO_INPUT if there are none, a folder cannot be read, or a saved dataset has several splits
 */
export async function filesInFolder(folder: string, onPassedOver: OnPassedOver): Promise<string[]> {
  const walk = new Walk(onPassedOver);
  await walk.enter(folder);
  await walk.followLinks();
  if (walk.files.length > 0) return walk.files.sort();
  const message =
    'this folder has no data files; expected names that end in .jsonl, .json, .parquet, .arrow or similar';
  throw new StarlingError('E_NO_INPUT', message, { file: folder });
}

class Walk {
  readonly files: string[] = [];
  readonly #onPassedOver: OnPassedOver;
  /** Links are followed after all folders were read, so that a file is listed under its own name and not under that of a link to it. */
  readonly #links: string[] = [];
  /** Folders and files by device and inode, as several links may lead to one place or form a circle. */
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

  /** @param isSaved whether the entry is in the folder of a saved dataset, which lists its files */
  async #meet(entry: Dirent, path: string, isSaved: boolean): Promise<void> {
    if (entry.isDirectory()) await this.enter(path);
    else if (isSaved) this.#passOver(path, 'not part of the saved dataset');
    else if (entry.isSymbolicLink()) this.#links.push(path);
    else if (entry.isFile()) await this.#take(path);
    else this.#passOver(path, 'not a regular file');
  }

  async followLinks(): Promise<void> {
    for (let link = this.#links.sort().shift(); link !== undefined; link = this.#links.shift()) {
      const stats = await stat(link).catch(() => undefined);
      if (stats?.isDirectory()) await this.enter(link);
      else if (stats === undefined && !isDataName(link)) this.#onPassedOver(link, 'a dangling link');
      else if (stats === undefined || stats.isFile()) await this.#take(link);
      else this.#passOver(link, 'not a regular file');
    }
  }

  /** Adds a data file. A file that does not exist is added too, as opening it then reports the reason. */
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
