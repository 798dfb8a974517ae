import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../../errors.js';
import { openPytorch } from './pytorch.js';
import { openSafetensors } from './safetensors.js';
import { openShards } from './shards.js';
import type { CheckpointTensors, StoredTensors } from './stored-tensor.js';

type Open = (file: string) => Promise<StoredTensors>;

const WRAPPER = 'module.';

/** One file with all tensors, or an index of shards beside it; safetensors before pickles, as transformers chooses. */
const LAYOUTS: readonly { name: string; open: Open }[] = [
  { name: 'model.safetensors', open: openSafetensors },
  { name: 'pytorch_model.bin', open: openPytorch },
];

/**
 * Opens the weights of a Hugging Face folder: `model.safetensors`, `pytorch_model.bin`, either in shards with an index
 * (`….index.json`), or a single `.pt`, as Starling-RM-7B-alpha has it. Only headers are read.
 * @throws StarlingError E_CHECKPOINT
 */
export async function openWeights(folder: string): Promise<CheckpointTensors> {
  const names = await readdir(folder);
  for (const { name, open } of LAYOUTS) {
    if (names.includes(name)) return whole(folder, name, open);
    if (names.includes(`${name}.index.json`)) return unwrapped(await openShards(folder, `${name}.index.json`, open));
  }
  const pickles = names.filter((name) => name.endsWith('.pt')).sort();
  if (pickles.length === 1) return whole(folder, pickles[0], openPytorch);
  const problem = pickles.length > 1 ? `several files of weights: ${pickles.join(', ')}` : 'no weights';
  const expected = 'model.safetensors or pytorch_model.bin, whole or in shards with their index.json, or one .pt file';
  throw new StarlingError('E_CHECKPOINT', `the checkpoint has ${problem}; expected ${expected}`, { file: folder });
}

async function whole(folder: string, name: string, open: Open): Promise<CheckpointTensors> {
  const file = join(folder, name);
  return unwrapped({ ...(await open(file)), file, files: [name] });
}

/** A model that was trained on several devices keeps all its tensors under `module.`: what PyTorch's DataParallel wraps it in. */
function unwrapped(weights: CheckpointTensors): CheckpointTensors {
  const names = [...weights.tensors.keys()];
  if (!names.every((name) => name.startsWith(WRAPPER))) return weights;
  const tensors = [...weights.tensors].map(([name, tensor]) => [name.slice(WRAPPER.length), tensor] as const);
  return { ...weights, tensors: new Map(tensors) };
}
