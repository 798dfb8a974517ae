import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { isObject } from '../json/json-object.js';

/** Read by a conversion whatever the weights are in; everything of the tokenizer, as its format is not known yet. */
const SETTINGS =
  /^(config\.json|reward\.json|tokenizer[\w.-]*|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt|chat_template[\w.-]*)$/;

/** Of the files at the top of a repository those that say what a model is and how it reads texts. */
export function settingsFiles(names: readonly string[]): string[] {
  return names.filter((name) => SETTINGS.test(name));
}

/**
 * Refuses a checkpoint with settings or tokenizer files that are links out of it. They become part of the model, which is passed on:
 * in a checkpoint from elsewhere such a link could name a key of the user. Links inside the folder are fine, and in a snapshot of the
 * hub's cache those into its blobs. Weights may be links to anywhere: of a file that holds no tensors nothing is taken over.
 * @throws StarlingError E_CHECKPOINT naming the link and where it leads
 */
export async function checkSettings(folder: string): Promise<void> {
  const top = await realpath(folder);
  const within = [top, ...(basename(dirname(top)) === 'snapshots' ? [join(top, '../../blobs')] : [])];
  for (const name of settingsFiles(await readdir(folder))) {
    const file = join(folder, name);
    const target = await realpath(file).catch(() => undefined);
    // What is missing behind a link is told by the reader that needs it.
    const found = target === undefined ? undefined : await stat(target);
    if (target === undefined || found?.isDirectory()) continue;
    if (!within.some((place) => target.startsWith(place + sep))) throw outside(file, target);
    if (!found?.isFile()) throw new StarlingError('E_CHECKPOINT', 'this is no regular file', { file });
  }
}

function outside(file: string, target: string): StarlingError {
  const problem = `this is a link out of the checkpoint, to ${target}, and would become part of the model`;
  return new StarlingError('E_CHECKPOINT', `${problem}; if that is meant, put a copy in its place`, { file });
}

/** What the files of a checkpoint's weights are written in. */
export type WeightFormat = 'safetensors' | 'pytorch';

/** Where a checkpoint has its weights. */
export interface WeightLayout {
  format: WeightFormat;
  /** The file with all tensors, or the index of those that lie in several. */
  file: string;
  isIndex: boolean;
}

/** By the names that transformers gives: one file with all tensors, or an index of shards; else one file of another name. Safetensors first. */
const LAYOUTS: readonly { format: WeightFormat; name: string; other: RegExp }[] = [
  { format: 'safetensors', name: 'model.safetensors', other: /^[^/\\]+\.safetensors$/ },
  { format: 'pytorch', name: 'pytorch_model.bin', other: /^[^/\\]+\.(bin|pt)$/ },
];

/** What trainers leave beside a model, and what is no whole model. */
const NO_MODEL = /^(adapter|consolidated|optimizer|rng_state|scaler|scheduler|training)/;

/**
 * Of the files at the top of a checkpoint the one that its weights begin with; with an index, whole weights come before those in shards.
 * @param names in the order in which they are to be told
 * @param where the checkpoint, for errors
 * @throws StarlingError E_CHECKPOINT when there are no weights, or several that could be meant
 */
export function weightLayout(names: readonly string[], where: string): WeightLayout {
  for (const { format, name, other } of LAYOUTS) {
    const index = `${name}.index.json`;
    if (names.includes(name)) return { format, file: name, isIndex: false };
    if (names.includes(index)) return { format, file: index, isIndex: true };
    const [file, ...more] = names.filter((one) => other.test(one) && !NO_MODEL.test(one));
    if (more.length > 0) throw noWeights(`several files of weights: ${[file, ...more].join(', ')}`, where);
    if (file !== undefined) return { format, file, isIndex: false };
  }
  throw noWeights('no weights', where);
}

function noWeights(found: string, where: string): StarlingError {
  const names = LAYOUTS.map(({ name }) => name).join(' or ');
  const expected = `${names}, whole or in shards with their index.json, or one .safetensors, .bin or .pt file`;
  return new StarlingError('E_CHECKPOINT', `the checkpoint has ${found}; expected ${expected}, at its top`, {
    file: where,
  });
}

/**
 * The shard of each tensor, as an index says it: `{ "weight_map": { tensor: file, … } }`. Source: transformers, save_pretrained.
 * @param file the index, for errors
 * @throws StarlingError E_CHECKPOINT when it is none, or names what is no file beside it
 */
export function weightMap(index: unknown, file: string): Map<string, string> {
  const map = isObject(index) ? index.weight_map : undefined;
  if (!isObject(map) || Object.keys(map).length === 0)
    throw new StarlingError('E_CHECKPOINT', 'expected an object, tensor -> file', { file, field: 'weight_map' });
  const places = new Map<string, string>();
  for (const [name, shard] of Object.entries(map)) {
    if (typeof shard !== 'string' || !/^[^/\\]*[^/\\.][^/\\]*$/.test(shard)) {
      const problem = `tensor ${name} is said to be in ${JSON.stringify(shard)}; expected the name of a file beside the index`;
      throw new StarlingError('E_CHECKPOINT', problem, { file, field: 'weight_map' });
    }
    places.set(name, shard);
  }
  return places;
}
