import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../errors.js';

/** Read by a conversion whatever the weights are in; everything of the tokenizer, as its format is not known yet. */
const SETTINGS =
  /^(config\.json|reward\.json|tokenizer[\w.-]*|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt|chat_template[\w.-]*)$/;

/** Weights that a conversion reads, in its order; an index names the files of those that lie in several. */
const LAYOUTS = ['model.safetensors', 'pytorch_model.bin'];
const PICKLE = /^[\w.-]+\.pt$/;

/** Pickles that are no model but the state of a training. */
const TRAINING = /^(optimizer|scheduler|rng_state|scaler|training)/;

/** What a conversion needs of a repository. */
export interface NeededFiles {
  /** Small. */
  settings: string[];
  /** Names the weights in `shards` of its own; absent where `weights` says them all. */
  index?: string;
  weights: string[];
}

/** Of the files at the top of a repository those that say what a model is and how it reads texts. */
export function settingsFiles(names: readonly string[]): string[] {
  return names.filter((name) => SETTINGS.test(name));
}

/**
 * Of the files at the top of a repository those that a conversion reads, safetensors before pickles, and nothing of its folders.
 * @param where the repository, for errors
 * @throws StarlingError E_CHECKPOINT when there are no weights, or none that a conversion would choose
 */
export function neededFiles(names: readonly string[], where: string): NeededFiles {
  const settings = settingsFiles(names);
  for (const whole of LAYOUTS) {
    const index = `${whole}.index.json`;
    if (names.includes(whole)) return { settings, weights: [whole] };
    if (names.includes(index)) return { settings: [...settings, index], index, weights: [] };
  }
  const pickles = names.filter((name) => PICKLE.test(name) && !TRAINING.test(name));
  if (pickles.length === 1) return { settings, weights: pickles };
  const problem = pickles.length > 1 ? `several files of weights here: ${pickles.join(', ')}` : 'no weights here';
  const expected = `expected ${LAYOUTS.join(' or ')}, whole or in shards with an index, or one .pt file`;
  throw new StarlingError('E_CHECKPOINT', `${problem}; ${expected}, at the top of the repository`, { file: where });
}

/**
 * The weights that an index in `folder` names.
 * @throws StarlingError E_CHECKPOINT when it is none, or names a file that `names` lacks
 */
export async function shardsIn(folder: string, index: string, names: readonly string[]): Promise<string[]> {
  const file = join(folder, index);
  const shards = [...new Set(Object.values(weightMap(await readFile(file, 'utf8'), file)))];
  for (const shard of shards) {
    if (typeof shard === 'string' && names.includes(shard)) continue;
    throw new StarlingError('E_CHECKPOINT', `this index names ${JSON.stringify(shard)}, which the repository lacks`, {
      file,
    });
  }
  return shards.map(String).sort();
}

function weightMap(index: string, file: string): object {
  try {
    const { weight_map: map } = JSON.parse(index);
    if (typeof map === 'object' && map !== null) return map;
  } catch {
    // Told below.
  }
  throw new StarlingError('E_CHECKPOINT', 'expected an index of weights: a JSON object with "weight_map"', { file });
}
