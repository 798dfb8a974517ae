import { StarlingError } from '../contracts/errors.js';
import { settingsFiles } from '../model/checkpoint-files.js';
import { megabytes, RepositoryCache } from './cache.js';
import { cachedCheckpoint } from './cached-checkpoint.js';
import { HubClient } from './client.js';
import { type DownloadOptions, download } from './download.js';
import type { HubEnvironment } from './environment.js';
import type { HubFile } from './listing.js';
import { type NeededFiles, neededFiles, shardsIn } from './needed-files.js';
import { atCommit, type LoadedCheckpoint, type Repository } from './repository.js';

/** Limit of a settings or tokenizer file in bytes. The largest tokenizers have some 40 MB. */
const LARGEST_SETTINGS = 512e6;

export interface LoadOptions extends Pick<DownloadOptions, 'onStep' | 'onBytes' | 'interrupted' | 'waits'> {
  /** Called once with the total that the calls of `onBytes` will sum up to. */
  onTotal(bytes: number): void;
  /** Whether to load the weights too. */
  weights: boolean;
}

/**
 * Downloads the files of a repository that a conversion needs into the cache, unless they are there already, and verifies all of them.
 * @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT, E_CHECKPOINT, E_DIGEST, E_WRITE, or as `stoppedBy`
 */
export async function loadCheckpoint(
  repository: Repository,
  environment: HubEnvironment,
  options: LoadOptions,
): Promise<LoadedCheckpoint> {
  const { name, revision } = repository;
  const cache = await RepositoryCache.of(repository);
  if (environment.offline) return cachedCheckpoint(repository, cache, options);
  const client = await HubClient.open(repository, environment, options);
  const { commit } = await client.revision(revision);
  await loadNeeded(await client.files(commit), { ...options, client, cache, commit }, atCommit(name, commit));
  await cache.setRef(revision, commit);
  return { folder: cache.snapshot(commit), repository: { name, commit } };
}

async function loadNeeded(
  listed: readonly HubFile[],
  options: LoadOptions & DownloadOptions,
  where: string,
): Promise<void> {
  const { cache, commit } = options;
  const names = listed.map(({ path }) => path);
  const needed: NeededFiles = options.weights
    ? neededFiles(names, where)
    : { settings: settingsFiles(names), weights: [] };
  await cache.create(commit);
  const quietly = { ...options, onStep: () => {}, onBytes: () => {} };
  for (const file of ofNames(needed.settings, listed, where)) await download(moderate(file, where), quietly);
  const { index } = needed;
  const shards = index === undefined ? needed.weights : await shardsIn(cache.snapshot(commit), index, names);
  const large = ofNames(shards, listed, where);
  await cache.checkSpace(await cache.missing(large));
  options.onTotal(large.reduce((sum, { size }) => sum + size, 0));
  for (const file of large) await download(file, options);
}

/** @throws StarlingError E_CHECKPOINT if two names would be one file on a case-insensitive disk */
function ofNames(names: readonly string[], listed: readonly HubFile[], where: string): HubFile[] {
  const wanted = new Set(names);
  const taken = new Map<string, string>();
  return listed.filter(({ path }) => {
    if (!wanted.has(path)) return false;
    const folded = path.normalize().toLowerCase();
    const other = taken.get(folded);
    if (other !== undefined) throw unloadable(`${other} and ${path} are one file on some disks`, where);
    taken.set(folded, path);
    return true;
  });
}

function moderate(file: HubFile, where: string): HubFile {
  if (file.size <= LARGEST_SETTINGS) return file;
  throw unloadable(
    `${file.path} has ${megabytes(file.size)}; expected at most ${megabytes(LARGEST_SETTINGS)} of settings or tokenizer`,
    where,
  );
}

function unloadable(problem: string, where: string): StarlingError {
  return new StarlingError('E_CHECKPOINT', `the repository cannot be loaded: ${problem}`, { file: where });
}
