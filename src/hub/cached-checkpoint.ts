import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { settingsFiles } from '../model/checkpoint-files.js';
import type { RepositoryCache } from './cache.js';
import { fileDigest } from './digest.js';
import { neededFiles, shardsIn } from './needed-files.js';
import { atCommit, type LoadedCheckpoint, type Repository } from './repository.js';

/**
 * What the cache alone has of a repository; every file whose blob is named by a digest is held to it.
 * @throws StarlingError E_NO_INPUT when a part is missing, E_DIGEST, or as `stoppedBy`
 */
export async function cachedCheckpoint(
  { name, revision }: Repository,
  cache: RepositoryCache,
  { weights, interrupted }: { weights: boolean; interrupted?: AbortSignal },
): Promise<LoadedCheckpoint> {
  const commit = await cache.commitOf(revision);
  if (commit === undefined) throw notCached(`${name}@${revision}`, 'nothing of it was ever loaded');
  const found = { folder: cache.snapshot(commit), repository: { name, commit } };
  for await (const file of cachedFiles(cache, found, weights)) {
    const path = join(found.folder, file);
    if (!(await cache.has(commit, file))) throw notCached(atCommit(name, commit), `${file} is missing`);
    if (!(await cache.owns(path))) throw leadsAway(path);
    const digest = await cache.digestOf(commit, file);
    if (digest !== undefined && (await fileDigest(path, digest.algorithm, interrupted)) !== digest.hex)
      throw damaged(path);
  }
  return found;
}

/** Each is checked before the next is asked for, so the index is read only after that. */
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

function notCached(file: string, what: string): StarlingError {
  const remedy = 'unset HF_HUB_OFFLINE once to load it, or let HF_HOME name the cache that has it';
  return new StarlingError('E_NO_INPUT', `the cache of the hub does not have all of this: ${what}; ${remedy}`, {
    file,
  });
}

function damaged(file: string): StarlingError {
  const problem = 'this file of the cache is damaged (other digest than its name says)';
  return new StarlingError('E_DIGEST', `${problem}; without HF_HUB_OFFLINE it is loaded anew`, { file });
}

function leadsAway(file: string): StarlingError {
  const problem = 'this link of the cache leads out of it, so what it names is not from the hub';
  return new StarlingError('E_DIGEST', `${problem}; remove it, and load anew without HF_HUB_OFFLINE`, { file });
}
