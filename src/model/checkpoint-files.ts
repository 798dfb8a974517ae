import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { isObject } from '../json/json-object.js';

/** Files that a conversion reads besides weights. It includes all tokenizer files, as the tokenizer's format is not known yet. */
const SETTINGS =
  /^(config\.json|reward\.json|tokenizer[\w.-]*|special_tokens_map\.json|added_tokens\.json|vocab\.json|merges\.txt|chat_template[\w.-]*)$/;

/** Selects the settings and tokenizer files among the files at the top of a repository. */
export function settingsFiles(names: readonly string[]): string[] {
  return names.filter((name) => SETTINGS.test(name));
}

/**
 * Refuses a checkpoint whose settings or tokenizer files are links out of it. These files are copied into the model, which may be shared,
 * and a link in a foreign checkpoint could point to a private key of the user. Links inside the folder are allowed, as are links from a
 * snapshot of the hub's cache to its blobs. Weights may be links to anywhere, as a file without tensors is not copied.
 * @throws StarlingError E_CHECKPOINT naming the link and its target
 */
export async function checkSettings(folder: string): Promise<void> {
  const top = await realpath(folder);
  const within = [top, ...(basename(dirname(top)) === 'snapshots' ? [join(top, '../../blobs')] : [])];
  for (const name of settingsFiles(await readdir(folder))) {
    const file = join(folder, name);
    const target = await realpath(file).catch(() => undefined);
    // A dangling link is reported by the reader that needs the file.
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

/** File format of a checkpoint's weights. */
export type WeightFormat = 'safetensors' | 'pytorch';

/** The files that hold a checkpoint's weights. */
export interface WeightLayout {
  format: WeightFormat;
  /** The file with all tensors, or the index of the shards. */
  file: string;
  isIndex: boolean;
}

/** File names, safetensors first: `name` and its index as transformers writes them, else one file that matches `other`. */
const LAYOUTS: readonly { format: WeightFormat; name: string; other: RegExp }[] = [
  { format: 'safetensors', name: 'model.safetensors', other: /^[^/\\]+\.safetensors$/ },
  { format: 'pytorch', name: 'pytorch_model.bin', other: /^[^/\\]+\.(bin|pt)$/ },
];

/** Files that trainers leave beside a model, and files that are not a whole model. */
const NO_MODEL = /^(adapter|consolidated|optimizer|rng_state|scaler|scheduler|training)/;

/**
 * Finds the weights among the files at the top of a checkpoint. A file with all tensors is preferred to an index of shards.
 * @param names in the order in which errors list them
 * @param where the checkpoint, for errors
 * @throws StarlingError E_CHECKPOINT if there are no weights, or several candidates
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
  return new StarlingError('E_CHECKPOINT', `the checkpoint has ${found}; expected ${expected}, at its top level`, {
    file: where,
  });
}

/**
 * The shard of each tensor by an index: `{ "weight_map": { tensor: file, … } }`. Source: transformers, save_pretrained.
 * @param file the index, for errors
 * @returns file names by the names of tensors
 * @throws StarlingError E_CHECKPOINT if it is not an index, or if a shard is not a plain file name
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
