import { link, lstat, mkdir, readdir, readFile, readlink, realpath, rm, stat, statfs, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { cacheFolderOf } from './client.js';
import { type Digest, digestOf } from './digest.js';
import { replaceText } from './replaced-text.js';
import { isCommit, type Repository } from './repository.js';

/** The folder for what is kept beside Python's layout. */
const KEPT = '.starling-rm';

/**
 * The cache of one repository in the layout of Python's huggingface_hub, so that both share downloads:
 * `blobs/DIGEST` holds files, `snapshots/COMMIT/NAME` links to them, `refs/REVISION` holds the commit of a branch or tag.
 */
export class RepositoryCache {
  readonly #cache: string;
  readonly #folder: string;

  static async of(repository: Repository): Promise<RepositoryCache> {
    const { cache, folder } = await cacheFolderOf(repository);
    return new RepositoryCache(cache, join(cache, folder));
  }

  private constructor(cache: string, folder: string) {
    this.#cache = cache;
    this.#folder = folder;
  }

  blob({ hex }: Digest): string {
    return join(this.#folder, 'blobs', hex);
  }

  snapshot(commit: string): string {
    return join(this.#folder, 'snapshots', commit);
  }

  /** Makes the folders for blobs and for a snapshot. @throws StarlingError E_WRITE */
  async create(commit: string): Promise<void> {
    await writingCache(this.#folder, async () => {
      await this.#make('blobs');
      await this.#make('snapshots', commit);
    });
  }

  /** Makes a folder level by level and refuses links: a planted link would let a download replace files of another folder. */
  async #make(...names: readonly string[]): Promise<void> {
    let folder = this.#folder;
    await mkdir(folder, { recursive: true });
    for (const name of names) {
      folder = join(folder, name);
      await mkdir(folder).catch(async (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EEXIST') throw cause;
        if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is no folder; remove it`);
      });
    }
  }

  /** Whether the target of a snapshot's file lies in this repository's part of the cache. */
  async owns(file: string): Promise<boolean> {
    return (await realpath(file)).startsWith((await realpath(this.#folder)) + sep);
  }

  /** Bytes of these files that are still to be downloaded. */
  async missing(files: readonly { size: number; digest: Digest }[]): Promise<number> {
    let sum = 0;
    for (const { size, digest } of files) {
      const found = (await sizeOf(this.blob(digest))) ?? (await sizeOf(partialBlob(this.blob(digest)))) ?? 0;
      sum += Math.max(0, size - found);
    }
    return sum;
  }

  /** Fails before a download that does not fit on the disk. @throws StarlingError E_WRITE */
  async checkSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    const free = bavail * bsize;
    if (bytes > free)
      throw diskFull(this.#cache, `${megabytes(bytes)} are to be loaded, and ${megabytes(free)} are free`);
  }

  /** Makes `snapshots/COMMIT/NAME` a link to the blob. A name may have folders. @throws StarlingError E_WRITE */
  async link(commit: string, name: string, digest: Digest): Promise<void> {
    const blob = this.blob(digest);
    const pointer = join(this.snapshot(commit), name);
    await writingCache(pointer, async () => {
      await this.#make('snapshots', commit, ...name.split('/').slice(0, -1));
      await rm(pointer, { force: true });
      // Windows allows symbolic links only to administrators.
      await symlink(relative(dirname(pointer), blob), pointer).catch(() => link(blob, pointer));
    });
  }

  /** @throws StarlingError E_WRITE */
  async setRef(revision: string, commit: string): Promise<void> {
    const names = ['refs', ...revision.split('/')];
    if (isCommit(revision)) return;
    const ref = join(this.#folder, ...names);
    await writingCache(ref, async () => {
      await this.#make(...names.slice(0, -1));
      await replaceText(ref, commit);
    });
  }

  /** The commit of a revision when it was last loaded; `undefined` if it never was. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (isCommit(revision)) return revision;
    const ref = join(this.#folder, 'refs', revision);
    const text = (await sizeOf(ref)) === undefined ? '' : await readFile(ref, 'utf8').catch(() => '');
    return isCommit(text.trim()) ? text.trim() : undefined;
  }

  /** Keeps what the hub said of a commit, beside the layout that is shared with Python. @throws StarlingError E_WRITE */
  async keep(commit: string, text: string): Promise<void> {
    const path = this.#kept(commit);
    await writingCache(path, async () => {
      await this.#make(KEPT);
      await replaceText(path, text);
    });
  }

  /** What was kept of a commit; `undefined` if nothing was. */
  async kept(commit: string): Promise<string | undefined> {
    const path = this.#kept(commit);
    return (await sizeOf(path)) === undefined ? undefined : readFile(path, 'utf8').catch(() => undefined);
  }

  #kept(commit: string): string {
    return join(this.#folder, KEPT, `${commit}.json`);
  }

  /** Names of the files in a snapshot, also of those in its folders; empty if there is no such snapshot. */
  async names(commit: string): Promise<string[]> {
    const snapshot = this.snapshot(commit);
    const entries = await readdir(snapshot, { withFileTypes: true, recursive: true }).catch(() => []);
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map((entry) => relative(snapshot, join(entry.parentPath, entry.name)).split(sep).join('/')).sort();
  }

  /** Whether a snapshot's file exists. A dangling link does not count. */
  async has(commit: string, name: string): Promise<boolean> {
    return (await sizeOf(join(this.snapshot(commit), name))) !== undefined;
  }

  /** The digest in the name of the blob that a snapshot's file links to; `undefined` if the file is not a link. */
  async digestOf(commit: string, name: string): Promise<Digest | undefined> {
    const pointer = join(this.snapshot(commit), name);
    if (!(await lstat(pointer)).isSymbolicLink()) return undefined;
    return digestOf(basename(await readlink(pointer)));
  }
}

/** Bytes of a regular file; `undefined` for anything else. A read from a named pipe would block. */
async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

/** The path of an incomplete blob. */
export function partialBlob(blob: string): string {
  return `${blob}.incomplete`;
}

/** Runs `work`, which writes into the cache. @throws StarlingError E_WRITE naming the remedy */
export async function writingCache<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof StarlingError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(file, 'no space is left', cause);
    throw new StarlingError(
      'E_WRITE',
      `the cache of the hub cannot be written: ${message}; HF_HOME names another`,
      { file },
      cause,
    );
  }
}

function diskFull(file: string, what: string, cause?: unknown): StarlingError {
  const remedy = 'free some, or let HF_HOME name a folder on another disk';
  return new StarlingError('E_WRITE', `the disk of the cache is full: ${what}; ${remedy}`, { file }, cause);
}

/** A size for messages. */
export function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
