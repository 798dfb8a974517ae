import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type WeightFormat, weightLayout } from '../../model/checkpoint-files.js';
import { openPytorch } from './pytorch.js';
import { openSafetensors } from './safetensors.js';
import { openShards } from './shards.js';
import type { CheckpointTensors, StoredTensors } from './stored-tensor.js';

type Open = (file: string) => Promise<StoredTensors>;

const WRAPPER = 'module.';

const OPEN: Readonly<Record<WeightFormat, Open>> = { safetensors: openSafetensors, pytorch: openPytorch };

/**
 * Opens the weights of a Hugging Face folder: `model.safetensors` or `pytorch_model.bin`, either of them in one file or in shards with an
 * index (`….index.json`); or one file of another name, such as the `.pt` of Starling-RM-7B-alpha. Only headers are read.
 * @throws StarlingError E_CHECKPOINT when there are no weights, or a file is broken
 */
export async function openWeights(folder: string): Promise<CheckpointTensors> {
  const { format, file, isIndex } = weightLayout((await readdir(folder)).sort(), folder);
  const open = OPEN[format];
  return isIndex ? unwrapped(await openShards(folder, file, open)) : whole(folder, file, open);
}

async function whole(folder: string, name: string, open: Open): Promise<CheckpointTensors> {
  const file = join(folder, name);
  return unwrapped({ ...(await open(file)), file, files: [name] });
}

/** Removes the prefix `module.`, which PyTorch's DataParallel adds to all tensors of a model trained on several devices. */
function unwrapped(weights: CheckpointTensors): CheckpointTensors {
  const names = [...weights.tensors.keys()];
  if (!names.every((name) => name.startsWith(WRAPPER))) return weights;
  const tensors = [...weights.tensors].map(([name, tensor]) => [name.slice(WRAPPER.length), tensor] as const);
  return { ...weights, tensors: new Map(tensors) };
}
