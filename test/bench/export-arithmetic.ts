import type { Matrix } from '../../src/convert/matrix.js';
import type { OnnxGraph } from '../../src/convert/onnx-graph.js';
import { quantizeChannels } from '../../src/convert/quantize.js';
import type { WeightFile } from '../../src/convert/weight-file.js';

/** `input` [batch, tokens, in] times a matrix [in, out]; gives [batch, tokens, out] float32. */
export type Multiply = (name: string, matrix: Matrix, input: string) => Promise<string>;

/** The dtypes in which transformers.js offers models for the processor. */
export type ExportDtype = 'fp32' | 'q8' | 'q4';

/** How exports for transformers.js store weights and multiply by them. Source: huggingface/transformers.js, scripts/quantize.py. */
export const EXPORT_ARITHMETIC: Record<ExportDtype, (graph: OnnxGraph, weights: WeightFile) => Multiply> = {
  fp32: (graph, weights) => async (name, matrix, input) => {
    const { rows, columns, values } = matrix;
    const stored = graph.external(await weights.append(`${name}.weight`, 'float32', [rows, columns], values));
    return graph.node('MatMul', [input, stored], name);
  },
  q8: dynamicInt8,
  q4: fourBitBlocks,
};

/** quantize_dynamic: weights int8 with a scale per channel, activations uint8 with one scale and zero point per run. */
function dynamicInt8(graph: OnnxGraph, weights: WeightFile): Multiply {
  const quantized = new Set<string>();
  return async (name, matrix, input) => {
    const [integers8, scale, zero] = [`${input}.int8`, `${input}.scale`, `${input}.zero`];
    if (!quantized.has(input)) graph.split('DynamicQuantizeLinear', [input], [integers8, scale, zero], {});
    quantized.add(input);
    const { integers, scales } = quantizeChannels(matrix);
    const { rows, columns } = matrix;
    const stored = graph.external(await weights.append(`${name}.weight`, 'int8', [rows, columns], integers));
    const channels = graph.external(await weights.append(`${name}.scales`, 'float32', [columns], scales));
    const product = graph.node('MatMulInteger', [integers8, stored, zero], `${name}.int32`);
    const floats = graph.node('Cast', [product], `${name}.unscaled`, { to: 1 });
    const factors = graph.node('Mul', [scale, channels], `${name}.factors`);
    return graph.node('Mul', [floats, factors], name);
  };
}

const BLOCK = 32;

/** MatMulNBits: symmetric, 4 bits, a scale per 32 inputs of a channel; accuracy level 4 lets the kernel multiply integers, which is its fastest. */
function fourBitBlocks(graph: OnnxGraph, weights: WeightFile): Multiply {
  return async (name, matrix, input) => {
    const { rows, columns } = matrix;
    const { packed, scales } = packedBlocks(matrix);
    const blocks = rows / BLOCK;
    const stored = graph.external(
      await weights.append(`${name}.weight`, 'uint8', [columns, blocks, BLOCK / 2], packed),
    );
    const factors = graph.external(await weights.append(`${name}.scales`, 'float32', [columns * blocks], scales));
    const attributes = { K: rows, N: columns, bits: 4, block_size: BLOCK, accuracy_level: 4 };
    graph.microsoft('MatMulNBits', [input, stored, factors], [name], attributes);
    return name;
  };
}

/** Two inputs a byte, the first in the low half, around 8. */
function packedBlocks({ rows, columns, values }: Matrix) {
  const packed = new Uint8Array((rows * columns) / 2);
  const scales = new Float32Array((rows * columns) / BLOCK);
  for (let block = 0; block < scales.length; block++) {
    const [column, first] = [Math.floor((block * BLOCK) / rows), (block * BLOCK) % rows];
    const part = Array.from({ length: BLOCK }, (_, i) => values[(first + i) * columns + column]);
    const extreme = part.reduce((far, value) => (Math.abs(value) > Math.abs(far) ? value : far), 0);
    const scale = extreme / -8;
    scales[block] = scale;
    const nibble = (value: number) => Math.min(15, Math.max(0, Math.round(scale === 0 ? 0 : value / scale) + 8));
    for (let i = 0; i < BLOCK; i += 2) {
      packed[(block * BLOCK + i) / 2] = nibble(part[i]) | (nibble(part[i + 1]) << 4);
    }
  }
  return { packed, scales };
}
