import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../../errors.js';
import { openPytorch } from './pytorch.js';
import { openSafetensors } from './safetensors.js';
import { openShards } from './shards.js';
import type { CheckpointTensors, StoredTensors } from './stored-tensor.js';

type Open = (file: string) => Promise<StoredTensors>;

const WRAPPER = 'module.';

/** By the names that transformers gives: one file with all tensors, or an index of shards; else one file of another name. Safetensors first. */
const LAYOUTS: readonly { name: string; open: Open; other: RegExp }[] = [
  { name: 'model.safetensors', open: openSafetensors, other: /\.safetensors$/ },
  { name: 'pytorch_model.bin', open: openPytorch, other: /\.(bin|pt)$/ },
];

/** What trainers leave beside a model, and what is no whole model. */
const NO_MODEL = /^(adapter|consolidated|optimizer|rng_state|scaler|scheduler|training_args)/;

/**
 * Opens the weights of a Hugging Face folder: `model.safetensors` or `pytorch_model.bin`, either in shards with an index
 * (`….index.json`), or one file of another name, as the `.pt` of Starling-RM-7B-alpha. Only headers are read.
 * @throws StarlingError E_CHECKPOINT
 */
export async function openWeights(folder: string): Promise<CheckpointTensors> {
  const names = (await readdir(folder)).sort();
  for (const { name, open, other } of LAYOUTS) {
    if (names.includes(name)) return whole(folder, name, open);
    if (names.includes(`${name}.index.json`)) return unwrapped(await openShards(folder, `${name}.index.json`, open));
    const others = names.filter((one) => other.test(one) && !NO_MODEL.test(one));
    if (others.length === 1) return whole(folder, others[0], open);
    if (others.length > 1) throw noWeights(folder, `several files of weights: ${others.join(', ')}`);
  }
  throw noWeights(folder, 'no weights');
}

function noWeights(folder: string, found: string): StarlingError {
  const expected = 'model.safetensors or pytorch_model.bin, whole or in shards with their index.json, or one .pt file';
  return new StarlingError('E_CHECKPOINT', `the checkpoint has ${found}; expected ${expected}`, { file: folder });
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
