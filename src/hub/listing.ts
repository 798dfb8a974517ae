import { type Digest, digestOf } from './digest.js';

/** A file of a repository as the hub lists it. */
export interface HubFile {
  /** A name: files in folders are never asked for. */
  path: string;
  /** Bytes. */
  size: number;
  digest: Digest;
}

/** An entry of the listing, as the library gives it on, which checks nothing. */
interface Entry {
  type: string;
  path: string;
  size: number;
  oid?: string;
  lfs?: { oid: string; size: number };
}

/** A page holds 1,000 entries; these bounds are far above every repository that holds a model. */
const MOST_PAGES = 1000;
const MOST_ENTRIES = 100_000;

/** A name that is one file beside the others on every system; files of other names are never loaded. */
const PLAIN = /^(?!\.{1,2}$)[^/\\:\p{Cc}]+$/u;

/** What a hub says a repository holds, page by page. It comes from a server that is not trusted: it has to end and to make sense. */
export class Listing {
  readonly #pages = new Set<string>();
  readonly #files = new Map<string, HubFile>();
  readonly #nonsense: (found: string) => never;
  #entries = 0;

  /** @param nonsense throws the error for what no hub says */
  constructor(nonsense: (found: string) => never) {
    this.#nonsense = nonsense;
  }

  /** Called before a page is asked for. */
  page(address: string): void {
    if (this.#pages.has(address)) this.#nonsense('the pages of its listing lead round in a circle');
    if (this.#pages.size === MOST_PAGES) this.#nonsense(`its listing does not end after ${MOST_PAGES} pages`);
    this.#pages.add(address);
  }

  add({ type, path, lfs, oid, size: listed }: Entry): void {
    if (++this.#entries > MOST_ENTRIES) this.#nonsense(`its listing does not end after ${MOST_ENTRIES} entries`);
    if (type !== 'file' || typeof path !== 'string' || !PLAIN.test(path)) return;
    const size = lfs?.size ?? listed;
    const digest = digestOf(lfs?.oid ?? oid);
    if (digest === undefined || !Number.isSafeInteger(size) || size < 0)
      this.#nonsense(`no size and digest of ${path}`);
    if (this.#files.has(path)) this.#nonsense(`${path} twice in its listing`);
    this.#files.set(path, { path, size, digest });
  }

  get files(): HubFile[] {
    return [...this.#files.values()];
  }
}
