import { join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { weightMap } from '../../model/checkpoint-files.js';
import { checkpointJson } from '../../model/checkpoint-json.js';
import type { CheckpointTensors, StoredTensor, StoredTensors } from './stored-tensor.js';

/**
 * Opens the shards that an index lists. Index and shards must agree on every tensor.
 * @param open opens one shard
 * @throws StarlingError E_CHECKPOINT when a shard is missing or broken, or disagrees with the index
 */
export async function openShards(
  folder: string,
  indexName: string,
  open: (file: string) => Promise<StoredTensors>,
): Promise<CheckpointTensors> {
  const file = join(folder, indexName);
  const places = weightMap(await checkpointJson(file), file);
  const names = [...new Set(places.values())].sort();
  const shards = new Map<string, StoredTensors>();
  const close = async () => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const name of names) shards.set(name, await open(join(folder, name)));
    return { tensors: joined(places, shards, folder, file), file, files: [indexName, ...names], close };
  } catch (error) {
    await close();
    throw error;
  }
}

function joined(
  places: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, StoredTensors>,
  folder: string,
  file: string,
): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [shard, { tensors: inShard }] of shards) {
    for (const [name, tensor] of inShard) {
      if (places.get(name) === shard) tensors.set(name, tensor);
      else
        throw new StarlingError(
          'E_CHECKPOINT',
          `this shard holds tensor ${name}, but the index ${places.has(name) ? `places it in ${places.get(name)}` : 'does not list it'}`,
          { file: join(folder, shard) },
        );
    }
  }
  for (const [name, shard] of places) {
    if (!tensors.has(name))
      throw new StarlingError('E_CHECKPOINT', `the index places tensor ${name} in ${shard}, which lacks it`, { file });
  }
  return tensors;
}
