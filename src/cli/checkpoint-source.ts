import { existsSync } from 'node:fs';
import { loadCheckpoint } from '../hub/checkpoint.js';
import { hubEnvironment } from '../hub/environment.js';
import { type LoadedCheckpoint, parseRepository } from '../hub/repository.js';
import { openDownloadProgress } from './progress.js';

/** Flags of what is told. */
export interface ToldFlags {
  quiet?: boolean;
  progress: boolean;
}

/**
 * The folder of a checkpoint: one on this machine, or else the files of a repository `OWNER/NAME[@revision]`, from the hub into the cache.
 * @returns also the name by which reward.json knows a repository
 * @throws StarlingError what `loadCheckpoint` throws, E_USAGE
 */
export async function checkpointFolder(
  checkpoint: string,
  flags: ToldFlags,
  interrupted: AbortSignal,
): Promise<Omit<LoadedCheckpoint, 'name'> & Partial<LoadedCheckpoint>> {
  const repository = existsSync(checkpoint) ? undefined : parseRepository(checkpoint);
  if (repository === undefined) return { folder: checkpoint };
  const progress = openDownloadProgress(flags);
  try {
    return await loadCheckpoint(repository, hubEnvironment(process.env), {
      onStep: progress.tell,
      onTotal: progress.total,
      onBytes: progress.read,
      interrupted,
    });
  } finally {
    progress.end();
  }
}
