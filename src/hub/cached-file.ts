import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import type { RepositoryCache } from './cache.js';
import { fileDigest } from './digest.js';
import { atCommit } from './repository.js';

/**
 * Checks a file of the cache that is used without the network. If its blob is named by a digest, the file is read and compared with it.
 * @throws StarlingError E_NO_INPUT when it is missing, E_DIGEST, or as `stoppedBy`
 */
export async function checkCached(
  cache: RepositoryCache,
  { name, commit, file }: { name: string; commit: string; file: string },
  interrupted?: AbortSignal,
): Promise<void> {
  const path = join(cache.snapshot(commit), file);
  if (!(await cache.has(commit, file))) throw notCached(atCommit(name, commit), `${file} is missing`);
  if (!(await cache.owns(path))) throw leadsAway(path);
  const digest = await cache.digestOf(commit, file);
  if (digest !== undefined && (await fileDigest(path, digest.algorithm, interrupted)) !== digest.hex)
    throw damaged(path);
}

/** @param where the repository and its commit or revision */
export function notCached(where: string, what: string): StarlingError {
  const remedy = 'unset HF_HUB_OFFLINE once to load it, or let HF_HOME name the cache that has it';
  const message = `the cache of the hub lacks files of this repository: ${what}; ${remedy}`;
  return new StarlingError('E_NO_INPUT', message, { file: where });
}

function damaged(file: string): StarlingError {
  const problem = 'this file of the cache is damaged: its digest differs from the one in its name';
  return new StarlingError('E_DIGEST', `${problem}; unset HF_HUB_OFFLINE to load it again`, { file });
}

function leadsAway(file: string): StarlingError {
  const problem = 'this link leads out of the cache, so its target is not from the hub';
  return new StarlingError('E_DIGEST', `${problem}; remove it, and unset HF_HUB_OFFLINE to load the file again`, {
    file,
  });
}
