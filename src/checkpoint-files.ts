import { StarlingError } from './errors.js';

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
  const map: unknown = typeof index === 'object' && index !== null && 'weight_map' in index ? index.weight_map : {};
  if (typeof map !== 'object' || map === null || Array.isArray(map) || Object.keys(map).length === 0)
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
