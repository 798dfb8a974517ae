import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../../json/json-object.js';
import { RepositoryCache } from '../cache.js';
import { checkCached, notCached } from '../cached-file.js';
import { HubClient } from '../client.js';
import { type Digest, digestOf, fileDigest } from '../digest.js';
import { type DownloadOptions, download } from '../download.js';
import type { HubEnvironment } from '../environment.js';
import type { HubFile } from '../listing.js';
import { atCommit, type Repository } from '../repository.js';
import type { LoadedFile } from '../web/web-file.js';
import type { DatasetAddress } from './address.js';
import { type ChosenFiles, chosenFiles, type DatasetListing, type FileChoice } from './chosen-files.js';

/** Of a file that is a copy in the cache, and no link to a blob. */
const UNKNOWN: Digest = { algorithm: 'git SHA-1', hex: '' };

export interface LoadDatasetOptions extends Pick<DownloadOptions, 'onStep' | 'onBytes' | 'interrupted' | 'waits'> {
  /** Called once with the total that the calls of `onBytes` will sum up to. */
  onTotal(bytes: number): void;
}

/** Files of a data set, on this machine. */
export interface LoadedDataset {
  /** Sorted by name. */
  files: LoadedFile[];
  /** Bytes of all. */
  bytes: number;
  /** `OWNER/NAME@COMMIT` */
  where: string;
  /** The configuration and split that were taken, for people; absent if the files were named. */
  part?: string;
}

/**
 * Loads the chosen files of a data set into the cache of the hub, unless they are there already, and verifies them. No other file is
 * loaded. Without the network they are taken from the cache, chosen from what the hub listed when they were loaded.
 * @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT, E_USAGE, E_DIGEST, E_WRITE, or as `stoppedBy`
 */
export async function loadDataset(
  address: DatasetAddress,
  choice: Omit<FileChoice, 'inside'>,
  environment: HubEnvironment,
  options: LoadDatasetOptions,
): Promise<LoadedDataset> {
  const { repository, inside } = address;
  const cache = await RepositoryCache.of(repository);
  const wanted = { repository, cache, choice: { ...choice, inside } };
  const { commit, files, part } = environment.offline
    ? await cachedFiles(wanted, options)
    : await downloadedFiles(wanted, environment, options);
  const loaded: LoadedFile[] = [];
  for (const { path, digest } of files) {
    const place = join(cache.snapshot(commit), path);
    const sha256 =
      digest.algorithm === 'SHA-256' ? digest.hex : await fileDigest(place, 'SHA-256', options.interrupted);
    loaded.push({ name: `${nameOf({ ...repository, revision: commit })}/${path}`, path: place, sha256 });
  }
  return {
    files: loaded,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    where: atCommit(repository.name, commit),
    ...(part !== undefined && { part }),
  };
}

interface Wanted {
  repository: Repository;
  cache: RepositoryCache;
  choice: FileChoice;
}

type FoundFiles = ChosenFiles & { commit: string };

async function downloadedFiles(
  { repository, cache, choice }: Wanted,
  environment: HubEnvironment,
  options: LoadDatasetOptions,
): Promise<FoundFiles> {
  const client = await HubClient.open(repository, environment, options);
  const { commit, card } = await client.revision(repository.revision);
  const listing = { files: await client.files(commit), card };
  const { files, part } = chosenFiles(listing, choice, nameOf(repository));
  await cache.create(commit);
  await cache.checkSpace(await cache.missing(files));
  options.onTotal(files.reduce((sum, { size }) => sum + size, 0));
  for (const file of files) await download(file, { ...options, client, cache, commit });
  await cache.keep(commit, listingText(listing));
  await cache.setRef(repository.revision, commit);
  return { commit, files, part };
}

async function cachedFiles(
  { repository, cache, choice }: Wanted,
  { interrupted }: LoadDatasetOptions,
): Promise<FoundFiles> {
  const commit = await cache.commitOf(repository.revision);
  if (commit === undefined) throw notCached(nameOf(repository), 'this revision was never loaded');
  const { files, part } = chosenFiles(await cachedListing(cache, commit), choice, nameOf(repository));
  for (const { path } of files) await checkCached(cache, { name: repository.name, commit, file: path }, interrupted);
  return { commit, files, part };
}

function nameOf({ name, revision }: Repository): string {
  return `hf://datasets/${atCommit(name, revision)}`;
}

function listingText({ files, card }: DatasetListing): string {
  const listed = files.map(({ path, size, digest }) => ({ path, size, digest: digest.hex }));
  return `${JSON.stringify({ files: listed, card: isObject(card) ? { configs: card.configs } : {} })}\n`;
}

/** What the hub listed when files were loaded by this program, else what another program has put into the cache. */
async function cachedListing(cache: RepositoryCache, commit: string): Promise<DatasetListing> {
  const kept = parsed((await cache.kept(commit)) ?? '');
  if (isObject(kept) && Array.isArray(kept.files)) {
    return { files: kept.files.flatMap(listedFile), card: kept.card };
  }
  const names = await cache.names(commit);
  const files: HubFile[] = [];
  for (const path of names) {
    const { size } = await stat(join(cache.snapshot(commit), path));
    files.push({ path, size, digest: (await cache.digestOf(commit, path)) ?? UNKNOWN });
  }
  return { files, card: undefined };
}

function listedFile(value: unknown): HubFile[] {
  if (!isObject(value)) return [];
  const { path, size } = value;
  const digest = digestOf(value.digest);
  return typeof path === 'string' && typeof size === 'number' && digest !== undefined ? [{ path, size, digest }] : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
