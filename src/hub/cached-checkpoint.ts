import { StarlingError } from '../contracts/errors.js';
import { settingsFiles } from '../model/checkpoint-files.js';
import type { RepositoryCache } from './cache.js';
import { checkCached, notCached } from './cached-file.js';
import { neededFiles, shardsIn } from './needed-files.js';
import { atCommit, type LoadedCheckpoint, type Repository } from './repository.js';

/**
 * Loads a checkpoint from the cache, without the network. A file whose blob is named by a digest is verified.
 * @throws StarlingError E_NO_INPUT when a part is missing, E_DIGEST, or as `stoppedBy`
 */
export async function cachedCheckpoint(
  { name, revision }: Repository,
  cache: RepositoryCache,
  { weights, interrupted }: { weights: boolean; interrupted?: AbortSignal },
): Promise<LoadedCheckpoint> {
  const commit = await cache.commitOf(revision);
  if (commit === undefined) throw notCached(`${name}@${revision}`, 'this revision was never loaded');
  const found = { folder: cache.snapshot(commit), repository: { name, commit } };
  for await (const file of cachedFiles(cache, found, weights)) {
    await checkCached(cache, { name, commit, file }, interrupted);
  }
  return found;
}

/**
 * Yields the names of the files in turn. The caller checks each before it takes the next, so the index is checked before it is read here.
 */
async function* cachedFiles(
  cache: RepositoryCache,
  { folder, repository: { name, commit } }: LoadedCheckpoint,
  withWeights: boolean,
): AsyncGenerator<string> {
  const names = await cache.names(commit);
  if (!withWeights) return yield* settingsFiles(names);
  const where = atCommit(name, commit);
  const { settings, index, weights } = await orNotCached(where, async () => neededFiles(names, where));
  yield* settings;
  yield* weights;
  if (index !== undefined) yield* await orNotCached(where, () => shardsIn(folder, index, names));
}

async function orNotCached<Found>(where: string, find: () => Promise<Found>): Promise<Found> {
  try {
    return await find();
  } catch (error) {
    throw notCached(where, error instanceof StarlingError ? error.message : 'its index cannot be read');
  }
}
