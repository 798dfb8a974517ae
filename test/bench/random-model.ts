import type { Element } from '../../src/convert/graph/onnx-graph.js';
import { storedMatrix } from '../../src/convert/quantize/matrix.js';
import type { RewardTensors } from '../../src/convert/reward-tensors.js';
import { trunkConfig } from '../../src/convert/trunk-config.js';
import type { WeightFile, Weights } from '../../src/convert/weight-file.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { configOf, type Shape } from '../convert/tiny-checkpoint.js';

/** A checkpoint with shapes but no values, for models whose weights do not matter. */
export function shapesAlone(folder: string, shape: Shape, maxPositions = 4096): RewardTensors {
  const trunk = trunkConfig({ ...configOf(shape), max_position_embeddings: maxPositions }, 'config.json');
  return {
    ...{ folder, trunk, reward: {}, names: [], weightFiles: [], head: 'v_head', headBias: false },
    stored: () => {
      throw new Error('it is read');
    },
    vector: async (_, extents) => new Float32Array(extents.reduce((product, extent) => product * extent, 1)).fill(1),
    matrix: async (_, rows, columns) => unread(rows, columns),
    unused: () => [],
    close: async () => {},
  };
}

export function unread(rows: number, columns: number) {
  return storedMatrix(rows, columns, () => Promise.reject(new Error('it is read')));
}

/** Writes tensors given as values unchanged, and random bytes in the size of all others, which are not read. */
export function randomWeights(file: WeightFile): Weights {
  const random = Xoshiro128.seeded(1);
  const bytes = Buffer.from(Uint32Array.from({ length: 2 ** 20 }, () => random.below(2 ** 32)).buffer);
  const scales = Float32Array.from({ length: 2 ** 20 }, () => (random.below(2 ** 20) / 2 ** 20 - 0.5) / 100);
  const pools: Partial<Record<Element, Uint8Array | Uint16Array | Float32Array>> = {
    ...{ uint8: bytes, int8: bytes, float32: scales },
    float16: new Uint16Array(2 ** 20).fill(0x1400),
  };
  return {
    append(name, element, shape, values) {
      if (ArrayBuffer.isView(values)) return file.append(name, element, shape, values);
      const pool = pools[element];
      if (pool === undefined) throw new Error(`no random ${element}`);
      const count = shape.reduce((product, extent) => product * extent, 1);
      return file.append(name, element, shape, repeated(pool, random.below(2 ** 20), count));
    },
  };
}

/** Bytes of the pool from a random start, repeated, so that no two tensors are equal. */
function* repeated(pool: Uint8Array | Uint16Array | Float32Array, start: number, count: number) {
  let from = start % pool.length;
  for (let left = count; left > 0; from = 0) {
    const part = pool.subarray(from, from + left);
    left -= part.length;
    yield part;
  }
}
