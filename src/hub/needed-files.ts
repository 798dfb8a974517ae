import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { settingsFiles, weightLayout, weightMap } from '../model/checkpoint-files.js';

/** The files of a repository that a conversion needs. */
export interface NeededFiles {
  /** Settings and tokenizer, which are small. */
  settings: string[];
  /** The file that lists the shards of the weights; absent if `weights` is complete. */
  index?: string;
  weights: string[];
}

/**
 * Chooses the files that a conversion reads from the top of a repository.
 * @param where the repository, for errors
 * @throws StarlingError E_CHECKPOINT as `weightLayout` does
 */
export function neededFiles(names: readonly string[], where: string): NeededFiles {
  const settings = settingsFiles(names);
  const { file, isIndex } = weightLayout(names, where);
  if (!isIndex) return { settings, weights: [file] };
  return { settings: [...settings, file], index: file, weights: [] };
}

/**
 * The weights that an index in `folder` names.
 * @throws StarlingError E_CHECKPOINT if it is not an index, or names a file that `names` lacks
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

/** `undefined` for invalid JSON, which `weightMap` then refuses like any other value that is not an index. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
