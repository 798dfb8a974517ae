import { RepositoryCache } from './cache.js';
import { cachedCheckpoint } from './cached-checkpoint.js';
import { HubClient, type HubFile } from './client.js';
import { type DownloadOptions, download } from './download.js';
import type { HubEnvironment } from './environment.js';
import { type NeededFiles, neededFiles, settingsFiles, shardsIn } from './needed-files.js';
import { atCommit, type LoadedCheckpoint, type Repository } from './repository.js';

export interface LoadOptions extends Pick<DownloadOptions, 'onStep' | 'onBytes' | 'interrupted' | 'waits'> {
  /** Told how many bytes `onBytes` will come to. */
  onTotal(bytes: number): void;
  /** Whether the weights are wanted too. */
  weights: boolean;
}

/**
 * Loads what a conversion needs of a repository into the cache, as far as it is not there, and verifies all of it.
 * @throws StarlingError E_NETWORK, E_ACCESS, E_NO_INPUT, E_CHECKPOINT, E_DIGEST, E_WRITE, or as `stoppedBy`
 */
export async function loadCheckpoint(
  repository: Repository,
  environment: HubEnvironment,
  options: LoadOptions,
): Promise<LoadedCheckpoint> {
  const { name, revision } = repository;
  const cache = await RepositoryCache.of(name);
  if (environment.offline) return cachedCheckpoint(repository, cache, options);
  const client = await HubClient.open(name, environment, options.interrupted);
  const commit = await client.commitOf(revision);
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
  for (const file of ofNames(needed.settings, listed)) await download(file, quietly);
  const { index } = needed;
  const shards = index === undefined ? needed.weights : await shardsIn(cache.snapshot(commit), index, names);
  const large = ofNames(shards, listed);
  await cache.checkSpace(await cache.missing(large));
  options.onTotal(large.reduce((sum, { size }) => sum + size, 0));
  for (const file of large) await download(file, options);
}

function ofNames(names: readonly string[], listed: readonly HubFile[]): HubFile[] {
  return listed.filter(({ path }) => names.includes(path));
}
