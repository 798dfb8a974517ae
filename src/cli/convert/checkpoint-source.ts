import { existsSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { loadCheckpoint } from '../../hub/checkpoint.js';
import { hubEnvironment } from '../../hub/environment.js';
import { lentFiles, needsBase } from '../../hub/lent-files.js';
import { parseRepository } from '../../hub/repository.js';
import { knownRepository } from '../../model/known-models.js';
import type { Console } from '../common/console/console.js';
import { openDownloadProgress } from '../common/progress/download-progress.js';
import type { SourceSettings } from './settings.js';

/** A checkpoint on this machine. */
interface FoundCheckpoint {
  folder: string;
  /** Its origin on the hub, if it is from there. */
  repository?: { name: string; commit: string };
}

/** A checkpoint to convert; disposing of it removes temporary files. */
export type CheckpointSource = FoundCheckpoint & AsyncDisposable;

/**
 * Finds the checkpoint: a folder on this machine, or else a repository `OWNER/NAME[@revision]`, which is loaded from the hub into its
 * cache. Settings and tokenizer that it lacks are taken from `--base`.
 * @throws StarlingError what `loadCheckpoint` throws, E_USAGE
 */
export async function openCheckpointSource(
  { checkpoint, base: given }: SourceSettings,
  console: Console,
  interrupted: AbortSignal,
): Promise<CheckpointSource> {
  const source = await found(checkpoint, true, console, interrupted);
  const base = given ?? knownRepository(source.repository?.name ?? resolve(checkpoint))?.base;
  if (base === undefined || !isFolder(source.folder) || !needsBase(source.folder)) {
    return { ...source, [Symbol.asyncDispose]: async () => {} };
  }
  console.tell(`${checkpoint} lacks its settings or its tokenizer; they are taken from ${base}`);
  const { folder: lender } = await found(base, false, console, interrupted);
  if (!isFolder(lender)) throw new StarlingError('E_NO_INPUT', 'there is no such folder for --base', { file: base });
  const { parent, folder } = await lentFiles(source.folder, lender);
  return { ...source, folder, [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }) };
}

async function found(
  checkpoint: string,
  weights: boolean,
  console: Console,
  interrupted: AbortSignal,
): Promise<FoundCheckpoint> {
  const repository = existsSync(checkpoint) ? undefined : parseRepository(checkpoint);
  if (repository === undefined) return { folder: checkpoint };
  const { total: onTotal, read: onBytes, end } = openDownloadProgress(console);
  const onStep = (line: string) => console.tell(line);
  const options = { onStep, onTotal, onBytes, weights, interrupted };
  try {
    return await loadCheckpoint(repository, hubEnvironment(process.env), options);
  } finally {
    end();
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
