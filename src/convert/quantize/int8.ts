import type { OnnxGraph } from '../graph/onnx-graph.js';
import { rotationNodes } from '../graph/rotation-nodes.js';
import type { Weights } from '../weight-file.js';
import type { Arithmetic } from './arithmetic.js';
import { addInt8Table } from './int8-table.js';
import { stacked } from './matrix.js';
import { quantizeChannels } from './quantize.js';
import { rotatedCheckpoint } from './rotation.js';
import { transposeInto } from './transpose.js';

/**
 * Integer products with a scale per output channel and a scale per token. An activation is round(x / scale) in [-127, 127], stored as uint8
 * around 128, which the fast kernels expect. Each token has its own scale, so its result depends on no other token.
 */
export function int8Arithmetic(graph: OnnxGraph, weights: Weights): Arithmetic {
  const middle = graph.constant('middle', 'uint8', [], [128]);
  const inverse = graph.constant('per_127', 'float32', [], [1 / 127]);
  const smallest = graph.constant('smallest_scale', 'float32', [], [1e-30]);
  const last = graph.constant('last_axis', 'int64', [1], [-1]);
  return {
    prepared: rotatedCheckpoint,
    rotated: rotationNodes(graph, weights),
    embedding: (table, ids) => addInt8Table(graph, weights, table, ids),
    input(value, width) {
      const magnitude = graph.node('Abs', [value], `${value}.abs`);
      const largest = graph.node('ReduceMax', [magnitude, last], `${value}.max`, { keepdims: 1 });
      const scaled = graph.node('Mul', [largest, inverse], `${value}.scale_raw`);
      // A token with only zeros would divide by zero.
      const scale = graph.node('Max', [scaled, smallest], `${value}.scale`);
      const shape = graph.node('Shape', [scale], `${value}.scale_shape`);
      const middles = graph.node('Expand', [middle, shape], `${value}.middle`);
      const quantized = graph.node('QuantizeLinear', [value, scale, middles], `${value}.int8`, {
        axis: -1,
        block_size: width,
      });
      return { value: quantized, scale };
    },
    async linear(name, layers, { value, scale = '' }) {
      const { rows, columns, blocks } = stacked(layers);
      const integers = new Int8Array(rows * columns);
      const scales = new Float32Array(rows);
      let out = 0;
      for await (const block of blocks()) {
        const quantized = quantizeChannels(block);
        transposeInto({ columns: rows, values: integers }, out, { columns, values: quantized.integers });
        scales.set(quantized.scales, out);
        out += block.rows;
      }
      const matrix = graph.external(await weights.append(`${name}.weight`, 'int8', [columns, rows], integers));
      const channelScales = graph.external(await weights.append(`${name}.scale`, 'float32', [rows], scales));
      graph.microsoft('MatMulIntegerToFloat', [value, matrix, scale, channelScales, middle], [name]);
      return name;
    },
  };
}
