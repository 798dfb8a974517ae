import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isObject } from '../../json/json-object.js';
import { writingCache } from '../cache.js';
import { replaceText } from '../replaced-text.js';

/** What is known of a file in the cache. */
export interface KeptNote {
  /** As the server sent it; absent if it sent none. */
  etag?: string;
  modified?: string;
  /** Bytes of the whole file; absent if the server did not say. */
  size?: number;
  /** Of the whole file; absent while it is loaded. */
  sha256?: string;
}

/** A name that every system takes. */
const PLAIN = /^(?!\.{1,2}$)[\w.+=@ -]{1,120}$/;

/**
 * The place of one address in the cache of files from the web: `DIGEST OF ADDRESS/NAME`, a note beside it, and `NAME.incomplete` with a
 * note of its own while it is loaded.
 */
export class KeptFile {
  readonly path: string;
  readonly partial: string;
  readonly #folder: string;

  constructor(cache: string, address: URL) {
    this.#folder = join(cache, createHash('sha256').update(address.href).digest('hex').slice(0, 32));
    const name = basename(decodeURI(address.pathname));
    this.path = join(this.#folder, PLAIN.test(name) ? name : 'file');
    this.partial = `${this.path}.incomplete`;
  }

  /** What is known of the whole file, or of the incomplete one; `undefined` if there is none. */
  async note(path: string): Promise<KeptNote | undefined> {
    if (!(await isFile(path)) || !(await isFile(noteOf(path)))) return undefined;
    const text = await readFile(noteOf(path), 'utf8').catch(() => '');
    return parsedNote(text);
  }

  /** Bytes of the incomplete file. */
  async partialSize(): Promise<number> {
    const found = await lstat(this.partial).catch(() => undefined);
    return found?.isFile() ? found.size : 0;
  }

  /** Replaces the note, then removes what it no longer is about. @throws StarlingError E_WRITE */
  async begin(note: KeptNote): Promise<void> {
    await writingCache(this.partial, async () => {
      await mkdir(this.#folder, { recursive: true });
      await rm(this.partial, { force: true });
      await replaceText(noteOf(this.partial), noteText(note));
    });
  }

  /** Makes the incomplete file the whole one. @throws StarlingError E_WRITE */
  async finish(note: KeptNote & { sha256: string }): Promise<void> {
    await writingCache(this.path, async () => {
      await rename(this.partial, this.path);
      await replaceText(noteOf(this.path), noteText(note));
      await rm(noteOf(this.partial), { force: true });
    });
  }
}

function noteOf(path: string): string {
  return `${path}.json`;
}

function noteText(note: KeptNote): string {
  return `${JSON.stringify(note)}\n`;
}

async function isFile(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isFile() ?? false;
}

function parsedNote(text: string): KeptNote | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return undefined;
    const { etag, modified, size, sha256 } = value;
    return {
      ...(typeof etag === 'string' && { etag }),
      ...(typeof modified === 'string' && { modified }),
      ...(typeof size === 'number' && { size }),
      ...(typeof sha256 === 'string' && { sha256 }),
    };
  } catch {
    return undefined;
  }
}
