import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../errors.js';
import { readJson } from './json-file.js';
import type { Matrix } from './matrix.js';
import { openSafetensors } from './tensors/safetensors.js';
import type { StoredTensor } from './tensors/stored-tensor.js';
import { type TrunkConfig, trunkConfig } from './trunk-config.js';

/** A checkpoint opened for conversion: tensors are read one at a time, when they are asked for. */
export interface Checkpoint {
  folder: string;
  trunk: TrunkConfig;
  /** What the checkpoint's own reward.json says, `{}` if it has none. */
  reward: Readonly<Record<string, unknown>>;
  /**
   * A small tensor, whole: gains, biases, heads.
   * @throws StarlingError E_CHECKPOINT when it is missing or has another shape.
   */
  vector(name: string, shape: readonly number[]): Promise<Float32Array<ArrayBuffer>>;
  /** The tensor [rows, columns]. @throws as `vector` does */
  matrix(name: string, rows: number, columns: number): Promise<Matrix>;
  /** Names that were never asked for. */
  unused(): string[];
  close(): Promise<void>;
}

/**
 * Opens a Hugging Face folder: config.json, model.safetensors with keys `transformer.*` and `v_head.weight`.
 * @throws StarlingError E_NO_INPUT when there is no such folder, E_CHECKPOINT
 */
export async function openCheckpoint(folder: string): Promise<Checkpoint> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) {
    const problem = found ? 'this is a file' : 'there is no such folder';
    throw new StarlingError('E_NO_INPUT', `${problem}; expected a Hugging Face checkpoint`, { file: folder });
  }
  const trunk = trunkConfig(await readJson(join(folder, 'config.json')), join(folder, 'config.json'));
  const reward = await readJson(join(folder, 'reward.json'), {});
  const file = join(folder, 'model.safetensors');
  const weights = await openSafetensors(file);
  const waiting = new Map(weights.tensors);
  const read = async (name: string, shape: readonly number[]) => {
    const stored = checkedTensor(weights.tensors.get(name), name, shape, file);
    waiting.delete(name);
    return finite(await stored.read(), name, file);
  };
  return {
    folder,
    trunk,
    reward,
    vector: read,
    matrix: async (name, rows, columns) => ({ rows, columns, values: await read(name, [rows, columns]) }),
    unused: () => [...waiting.keys()],
    close: () => weights.close(),
  };
}

function checkedTensor(
  stored: StoredTensor | undefined,
  name: string,
  shape: readonly number[],
  file: string,
): StoredTensor {
  if (!stored) throw new StarlingError('E_CHECKPOINT', `tensor ${name} is missing`, { file });
  if (stored.shape.join() !== shape.join()) {
    throw new StarlingError('E_CHECKPOINT', `tensor ${name} has shape [${stored.shape}], expected [${shape}]`, {
      file,
    });
  }
  return stored;
}

function finite(values: Float32Array<ArrayBuffer>, name: string, file: string): Float32Array<ArrayBuffer> {
  if (values.every(Number.isFinite)) return values;
  throw new StarlingError('E_CHECKPOINT', `tensor ${name} holds NaN or infinite values`, { file });
}
