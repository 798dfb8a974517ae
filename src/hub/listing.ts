import { type Digest, digestOf } from './digest.js';

/** A file of a repository as the hub lists it. */
export interface HubFile {
  /** A name, after folders joined by `/` in a dataset. */
  path: string;
  /** Bytes. */
  size: number;
  digest: Digest;
}

/** An entry of the listing. The library passes it on unchecked. */
interface Entry {
  type: string;
  path: string;
  size: number;
  oid?: string;
  lfs?: { oid: string; size: number };
}

/** A page holds 1,000 entries. These limits are far above any repository of a model. */
const MOST_PAGES = 1000;
const MOST_ENTRIES = 100_000;

/** A name that every system takes for a plain file or folder in the same folder. Files with other names are never loaded. */
const PLAIN = /^(?!\.{1,2}$)[^/\\:\p{Cc}]+$/u;

/** The files of a repository, collected page by page. The server is not trusted, so the number of pages and each entry are checked. */
export class Listing {
  readonly #pages = new Set<string>();
  readonly #files = new Map<string, HubFile>();
  readonly #nonsense: (found: string) => never;
  readonly #inFolders: boolean;
  #entries = 0;

  /**
   * @param nonsense throws the error for an invalid listing
   * @param inFolders whether files in folders count
   */
  constructor(nonsense: (found: string) => never, inFolders: boolean) {
    this.#nonsense = nonsense;
    this.#inFolders = inFolders;
  }

  /** To be called before each request for a page. */
  page(address: string): void {
    if (this.#pages.has(address)) this.#nonsense('the pages of its listing form a circle');
    if (this.#pages.size === MOST_PAGES) this.#nonsense(`its listing does not end after ${MOST_PAGES} pages`);
    this.#pages.add(address);
  }

  add({ type, path, lfs, oid, size: listed }: Entry): void {
    if (++this.#entries > MOST_ENTRIES) this.#nonsense(`its listing does not end after ${MOST_ENTRIES} entries`);
    if (type !== 'file' || typeof path !== 'string' || !this.#isLoadable(path)) return;
    const size = lfs?.size ?? listed;
    const digest = digestOf(lfs?.oid ?? oid);
    if (digest === undefined || !Number.isSafeInteger(size) || size < 0)
      this.#nonsense(`no size and digest of ${path}`);
    if (this.#files.has(path)) this.#nonsense(`${path} twice in its listing`);
    this.#files.set(path, { path, size, digest });
  }

  #isLoadable(path: string): boolean {
    const parts = path.split('/');
    return parts.every((part) => PLAIN.test(part)) && (this.#inFolders || parts.length === 1);
  }

  get files(): HubFile[] {
    return [...this.#files.values()];
  }
}
