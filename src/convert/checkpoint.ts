import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { checkSettings } from '../model/checkpoint-files.js';
import { checkpointJson } from '../model/checkpoint-json.js';
import { type StoredMatrix, storedMatrix } from './quantize/matrix.js';
import type { StoredTensor } from './tensors/stored-tensor.js';
import { openWeights } from './tensors/weights.js';
import { type TrunkConfig, trunkConfig } from './trunk-config.js';

/** A checkpoint opened for conversion. Each tensor is read on demand. */
export interface Checkpoint {
  folder: string;
  trunk: TrunkConfig;
  /** The checkpoint's own reward.json, `{}` if it has none. */
  reward: Readonly<Record<string, unknown>>;
  /** Names of all tensors. */
  names: readonly string[];
  /** Names of the weight files, relative to `folder`. */
  weightFiles: readonly string[];
  /**
   * Reads a small tensor at once: gains, biases, heads.
   * @throws StarlingError E_CHECKPOINT when the tensor is missing, has another shape or holds a value that is not finite
   */
  vector(name: string, shape: readonly number[]): Promise<Float32Array<ArrayBuffer>>;
  /** The tensor [rows, columns]. @throws as `vector` does */
  matrix(name: string, rows: number, columns: number): Promise<StoredMatrix>;
  /** The tensor as it is stored, to be copied. @throws StarlingError E_CHECKPOINT when it is missing or has another shape */
  stored(name: string, shape: readonly number[]): StoredTensor;
  /** Names of the tensors that neither `vector`, `matrix` nor `stored` was called for. */
  unused(): string[];
  close(): Promise<void>;
}

/**
 * Opens a Hugging Face folder: config.json, reward.json if there is one, and the headers of the weight files.
 * @throws StarlingError E_NO_INPUT when there is no such folder, E_CHECKPOINT when a file is missing or broken
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const there = await stat(folder).catch(() => undefined);
  if (!there?.isDirectory()) {
    const problem = there ? 'this is a file' : 'there is no such folder';
    throw new StarlingError('E_NO_INPUT', `${problem}; expected a Hugging Face checkpoint`, { file: folder });
  }
  await checkSettings(folder);
  const trunk = trunkConfig(await checkpointJson(join(folder, 'config.json')), join(folder, 'config.json'));
  const reward = await checkpointJson(join(folder, 'reward.json'), {});
  const weights = await openWeights(folder);
  const waiting = new Map(weights.tensors);
  const storedAs = (name: string, shape: readonly number[]) => {
    const stored = checkedTensor(weights.tensors.get(name), name, shape, weights.file);
    waiting.delete(name);
    return stored;
  };
  const found = (name: string, shape: readonly number[]) => {
    const stored = storedAs(name, shape);
    return async (from: number, to: number) => finite(await stored.read(from, to), stored);
  };
  return {
    folder,
    trunk,
    reward,
    names: [...weights.tensors.keys()],
    weightFiles: weights.files,
    vector: async (name, shape) => found(name, shape)(0, size(shape)),
    matrix: async (name, rows, columns) => storedMatrix(rows, columns, found(name, [rows, columns])),
    stored: storedAs,
    unused: () => [...waiting.keys()],
    close: () => weights.close(),
  };
}

function size(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

function checkedTensor(
  stored: StoredTensor | undefined,
  name: string,
  shape: readonly number[],
  file: string,
): StoredTensor {
  if (!stored) throw new StarlingError('E_CHECKPOINT', `tensor ${name} is missing`, { file });
  if (stored.shape.join() === shape.join()) return stored;
  const problem = `tensor ${name} has shape [${stored.shape}], expected [${shape}]`;
  throw new StarlingError('E_CHECKPOINT', problem, { file: stored.file });
}

function finite(values: Float32Array<ArrayBuffer>, { name, file }: StoredTensor): Float32Array<ArrayBuffer> {
  // x - x is 0 for finite x, and NaN for NaN and infinities.
  for (let i = 0; i < values.length; i++) {
    if (values[i] - values[i] !== 0)
      throw new StarlingError('E_CHECKPOINT', `tensor ${name} holds NaN or infinite values`, { file });
  }
  return values;
}
