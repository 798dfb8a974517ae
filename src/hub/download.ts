import { rename, rm, stat } from 'node:fs/promises';
import { StarlingError } from '../contracts/errors.js';
import { megabytes, partialBlob, type RepositoryCache, writingCache } from './cache.js';
import type { HubClient } from './client.js';
import { fileDigest } from './digest.js';
import { PassingTrouble } from './hub-error.js';
import type { HubFile } from './listing.js';
import { openPartial, PartialFile } from './partial-file.js';
import { beforeRetry, WAITS } from './retries.js';

/** Bytes that a connection has to bring to count as progress. */
const NEW = 1024;

export interface DownloadOptions {
  client: HubClient;
  cache: RepositoryCache;
  commit: string;
  /** Called with the current step, as text for people. */
  onStep(what: string): void;
  /**
   * Called with the number of bytes that were added to the cache; negative if bytes were dropped and have to be loaded again.
   * @param came whether they were downloaded just now
   */
  onBytes(bytes: number, came: boolean): void;
  interrupted?: AbortSignal;
  waits?: readonly number[];
}

/**
 * Downloads a file into the cache. A complete file is kept, and a partial one is resumed. A file counts as complete once its size and
 * digest on the disk equal those that the hub lists. A run that ends early leaves `blobs/DIGEST.incomplete`.
 * @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT, E_DIGEST, E_WRITE, or as `stoppedBy`
 */
export async function download(file: HubFile, options: DownloadOptions): Promise<void> {
  const { cache, commit, onBytes } = options;
  const blob = cache.blob(file.digest);
  if (await isWhole(blob, file, options)) onBytes(file.size, false);
  else await writingCache(blob, () => load(file, blob, options));
  await cache.link(commit, file.path, file.digest);
}

async function load(file: HubFile, blob: string, options: DownloadOptions): Promise<void> {
  const partial = partialBlob(blob);
  const begun = await fill(partial, file, options);
  if (await isWhole(partial, file, options)) return rename(partial, blob);
  await rm(partial, { force: true });
  if (begun === 0) throw otherDigest(file);
  options.onStep(`${file.path}: the part from an earlier run is damaged; loading the file again`);
  options.onBytes(-file.size, false);
  return load(file, blob, options);
}

/** Whether the file on the disk has the size and the digest that the hub lists. */
async function isWhole(path: string, file: HubFile, { onStep, interrupted }: DownloadOptions): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size !== file.size) return false;
  onStep(`checking ${file.path}`);
  return (await fileDigest(path, file.digest.algorithm, interrupted)) === file.digest.hex;
}

/** Downloads the rest of a partial file. @returns bytes that were there before */
async function fill(path: string, file: HubFile, options: DownloadOptions): Promise<number> {
  const partial = new PartialFile(await openPartial(path), options.onBytes);
  try {
    const begun = await partial.begin(file.size);
    options.onStep(
      begun > 0 ? `resuming ${progressOf(file, begun)}` : `loading ${file.path} (${megabytes(file.size)})`,
    );
    await addAll(partial, file, options);
    return begun;
  } finally {
    await partial.close();
  }
}

/** Downloads until the file is complete. A cut connection is retried; too many retries in a row without new bytes are an error. */
async function addAll(partial: PartialFile, file: HubFile, options: DownloadOptions): Promise<void> {
  const { interrupted, waits = WAITS } = options;
  let most = partial.size;
  let failures = 0;
  while (partial.size < file.size) {
    const trouble = await add(partial, file, options);
    if (trouble === undefined) continue;
    failures = partial.size >= most + NEW ? 1 : failures + 1;
    most = Math.max(most, partial.size);
    if (failures > waits.length) throw cut(file, partial.size, trouble);
    await beforeRetry(waits[failures - 1], trouble, interrupted);
  }
}

/** Downloads over one connection. @returns the reason if it was cut */
async function add(partial: PartialFile, file: HubFile, options: DownloadOptions): Promise<PassingTrouble | undefined> {
  try {
    for await (const part of options.client.bytes(file, options.commit, partial.size)) {
      await partial.add(part);
      if (partial.size > file.size) return undefined;
    }
    return partial.size < file.size ? new PassingTrouble('the answer ended early') : undefined;
  } catch (error) {
    if (error instanceof PassingTrouble) return error;
    throw error;
  }
}

function cut(file: HubFile, at: number, trouble: PassingTrouble): StarlingError {
  const problem = `the download stopped at ${progressOf(file, at)}: ${trouble.message}; run again to resume it`;
  return new StarlingError('E_NETWORK', problem, {}, trouble);
}

function otherDigest({ path, digest }: HubFile): StarlingError {
  const problem = `the downloaded file has another size or ${digest.algorithm} than the hub lists, and was deleted`;
  const remedy = 'run again; if the error persists, a proxy between here and the hub alters files';
  return new StarlingError('E_DIGEST', `${problem}; ${remedy}`, { file: path });
}

function progressOf({ path, size }: HubFile, at: number): string {
  return `${path} at ${megabytes(at)} of ${megabytes(size)}`;
}
