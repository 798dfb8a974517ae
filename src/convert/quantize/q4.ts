import type { OnnxGraph } from '../graph/onnx-graph.js';
import { rotationNodes } from '../graph/rotation-nodes.js';
import type { Weights } from '../weight-file.js';
import type { Arithmetic } from './arithmetic.js';
import { addInt8Table } from './int8-table.js';
import { fromBlocks, stacked } from './matrix.js';
import { blockOf4, quantizeNibbles } from './quantize4.js';
import { rotatedCheckpoint } from './rotation.js';

/** The runtime's `accuracy_level` for integer products: activations in int8 with a scale per token and block. */
const INTEGERS = 4;

/**
 * Four bits a weight with a scale per block of weights, for models too large for int8. The runtime's MatMulNBits quantizes activations by
 * token and block, so a token's result depends on no other token. The embedding table stays in int8, as it is looked up and not multiplied.
 */
export function q4Arithmetic(graph: OnnxGraph, weights: Weights): Arithmetic {
  return {
    prepared: rotatedCheckpoint,
    rotated: rotationNodes(graph, weights),
    embedding: (table, ids) => addInt8Table(graph, weights, table, ids),
    input: (value) => ({ value }),
    async linear(name, layers, { value }) {
      const fused = stacked(layers);
      const { rows: N, columns: K } = fused;
      const size = blockOf4(N, K);
      const inRow = Math.ceil(K / size);
      const scales: Float32Array[] = [];
      const nibbles = fromBlocks(fused, (block) => {
        const quantized = quantizeNibbles(block, size);
        scales.push(quantized.scales);
        return quantized.nibbles;
      });
      const matrix = await weights.append(`${name}.weight`, 'uint8', [N, inRow, size / 2], nibbles);
      const ofBlocks = await weights.append(`${name}.scale`, 'float32', [N * inRow], scales);
      graph.microsoft('MatMulNBits', [value, graph.external(matrix), graph.external(ofBlocks)], [name], {
        ...{ K, N, bits: 4, block_size: size, accuracy_level: INTEGERS },
      });
      return name;
    },
  };
}
