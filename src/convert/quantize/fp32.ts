import type { OnnxGraph } from '../graph/onnx-graph.js';
import type { Weights } from '../weight-file.js';
import type { Arithmetic } from './arithmetic.js';
import { fromBlocks, stacked } from './matrix.js';
import { transposed } from './transpose.js';

/** Stores the weights as float32, unchanged. */
export function fp32Arithmetic(graph: OnnxGraph, weights: Weights): Arithmetic {
  return {
    prepared: (checkpoint) => checkpoint,
    rotated: async (value) => value,
    async embedding(table, ids) {
      const values = fromBlocks(table, (block) => block.values);
      const stored = await weights.append('embed_tokens', 'float32', [table.rows, table.columns], values);
      return graph.node('Gather', [graph.external(stored), ids], 'embedded');
    },
    input: (value) => ({ value }),
    async linear(name, layers, { value }) {
      const fused = stacked(layers);
      const shape = [fused.columns, fused.rows];
      const matrix = graph.external(await weights.append(`${name}.weight`, 'float32', shape, transposed(fused)));
      return graph.node('MatMul', [value, matrix], name);
    },
  };
}
