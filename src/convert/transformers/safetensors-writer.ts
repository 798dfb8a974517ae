import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { areFinite, FLOAT_BYTES, type Floats } from '../tensors/floats.js';
import type { StoredTensor } from '../tensors/stored-tensor.js';

/** A tensor to write, and its name in the written file. */
export interface NamedTensor {
  name: string;
  tensor: StoredTensor;
}

/** Bytes of tensors in a file, as transformers splits them; a larger tensor gets a file of its own. */
const MOST_IN_FILE = 5e9;
/** Values that are in memory at once. */
const VALUES_AT_ONCE = 2 ** 22;
/** The header is filled up to a multiple of this, so that every tensor is aligned. */
const ALIGNMENT = 8;

const WHOLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

const DTYPES: Readonly<Record<Floats, string>> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };

interface SizedTensor extends NamedTensor {
  floats: Floats;
  values: number;
  bytes: number;
}

/**
 * Copies tensors into `model.safetensors`, or into shards with an index if they have more than 5 GB, in the layout that transformers
 * writes. Values keep their type and bits.
 * @returns the names of the written files
 * @throws StarlingError E_CHECKPOINT when a tensor is not of floats, or holds a value that is not finite
 */
export async function writeSafetensors(
  folder: string,
  tensors: readonly NamedTensor[],
  most = MOST_IN_FILE,
): Promise<string[]> {
  const shards = shardsOf(await Promise.all(tensors.map(sized)), most);
  const names = shards.map((_, i) => (shards.length === 1 ? WHOLE : shardName(i + 1, shards.length)));
  for (const [i, shard] of shards.entries()) await writeShard(join(folder, names[i]), shard);
  if (shards.length === 1) return names;
  const map = shards.flatMap((shard, i) => shard.map(({ name }) => [name, names[i]] as const));
  const total = shards.flat().reduce((sum, { bytes }) => sum + bytes, 0);
  const index = { metadata: { total_size: total }, weight_map: Object.fromEntries(map) };
  await writeFile(join(folder, INDEX), `${JSON.stringify(index, null, 2)}\n`);
  return [...names, INDEX];
}

async function sized({ name, tensor }: NamedTensor): Promise<SizedTensor> {
  const { floats, shape } = tensor;
  // Reading an empty range of another type throws the error that names it.
  if (floats === undefined) await tensor.bytes(0, 0);
  if (floats === undefined) throw new StarlingError('E_INTERNAL', `tensor ${tensor.name} has no type`);
  const values = shape.reduce((product, extent) => product * extent, 1);
  return { name, tensor, floats, values, bytes: values * FLOAT_BYTES[floats] };
}

function shardsOf(tensors: readonly SizedTensor[], most: number): SizedTensor[][] {
  const shards: SizedTensor[][] = [[]];
  let size = 0;
  for (const tensor of tensors) {
    if (size > 0 && size + tensor.bytes > most) {
      shards.push([]);
      size = 0;
    }
    shards[shards.length - 1].push(tensor);
    size += tensor.bytes;
  }
  return shards;
}

function shardName(number: number, count: number): string {
  const digits = (n: number) => String(n).padStart(5, '0');
  return `model-${digits(number)}-of-${digits(count)}.safetensors`;
}

async function writeShard(path: string, tensors: readonly SizedTensor[]): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await writeAllOf(handle, headerOf(tensors));
    for (const tensor of tensors) await copyValues(handle, tensor);
  } finally {
    await handle.close();
  }
}

/** 8 bytes of length, then JSON. Source: the format section of huggingface/safetensors' README. */
function headerOf(tensors: readonly SizedTensor[]): Buffer {
  let end = 0;
  const entries = tensors.map(({ name, tensor, floats, bytes }) => {
    end += bytes;
    return [name, { dtype: DTYPES[floats], shape: tensor.shape, data_offsets: [end - bytes, end] }] as const;
  });
  // transformers refuses a file that does not name its framework.
  const header = JSON.stringify({ __metadata__: { format: 'pt' }, ...Object.fromEntries(entries) });
  const json = Buffer.from(header);
  const filled = Buffer.alloc(Math.ceil(json.length / ALIGNMENT) * ALIGNMENT, ' ');
  json.copy(filled);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(filled.length));
  return Buffer.concat([length, filled]);
}

async function copyValues(handle: FileHandle, { tensor, floats, values }: SizedTensor): Promise<void> {
  for (let from = 0; from < values; from += VALUES_AT_ONCE) {
    const part = await tensor.bytes(from, Math.min(values, from + VALUES_AT_ONCE));
    if (!areFinite(part, floats)) {
      const problem = `tensor ${tensor.name} holds NaN or infinite values`;
      throw new StarlingError('E_CHECKPOINT', problem, { file: tensor.file });
    }
    await writeAllOf(handle, part);
  }
}

async function writeAllOf(handle: FileHandle, bytes: Buffer): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten;
}
