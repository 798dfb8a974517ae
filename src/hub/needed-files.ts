import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { settingsFiles, weightLayout, weightMap } from '../model/checkpoint-files.js';

/** What a conversion needs of a repository. */
export interface NeededFiles {
  /** Small. */
  settings: string[];
  /** Names the weights in `shards` of its own; absent where `weights` says them all. */
  index?: string;
  weights: string[];
}

/**
 * Of the files of a repository those that a conversion reads, and nothing of its folders.
 * @param where the repository, for errors
 * @throws StarlingError E_CHECKPOINT when there are no weights, or none that a conversion would choose
 */
export function neededFiles(names: readonly string[], where: string): NeededFiles {
  const settings = settingsFiles(names);
  const { file, isIndex } = weightLayout(names, where);
  if (!isIndex) return { settings, weights: [file] };
  return { settings: [...settings, file], index: file, weights: [] };
}

/**
 * The weights that an index in `folder` names.
 * @throws StarlingError E_CHECKPOINT when it is none, or names a file that `names` lacks
 */
export async function shardsIn(folder: string, index: string, names: readonly string[]): Promise<string[]> {
  const file = join(folder, index);
  const shards = [...new Set(weightMap(parsed(await readFile(file, 'utf8')), file).values())].sort();
  const listed = new Set(names);
  for (const shard of shards) {
    if (listed.has(shard)) continue;
    throw new StarlingError('E_CHECKPOINT', `this index names ${JSON.stringify(shard)}, which the repository lacks`, {
      file,
    });
  }
  return shards;
}

/** What is no JSON is no index either, and is told as that. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
