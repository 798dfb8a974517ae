import type { OnnxGraph } from '../../src/convert/graph/onnx-graph.js';
import type { ExportWeights } from './export-weights.js';

/** A linear layer as in checkpoints: [rows = out, columns = in]. */
export interface Layer {
  rows: number;
  columns: number;
  values: Float32Array<ArrayBuffer>;
}

/** Adds a linear layer to a graph: `input` [batch, tokens, in] -> [batch, tokens, out] float32. */
export type Multiply = (name: string, layer: Layer, input: string) => Promise<string>;

/** The dtypes of transformers.js for CPUs. */
export type ExportDtype = 'fp32' | 'q8' | 'q4';

/** How exports for transformers.js store weights and multiply by them. Source: huggingface/transformers.js, scripts/quantize.py. */
export const EXPORT_ARITHMETIC: Record<ExportDtype, (graph: OnnxGraph, weights: ExportWeights) => Multiply> = {
  fp32: (graph, weights) => async (name, layer, input) => {
    const shape = [layer.columns, layer.rows];
    const stored = await weights.place(`${name}.weight`, 'float32', shape, () => transposed(layer));
    return graph.node('MatMul', [input, graph.external(stored)], name);
  },
  q8: dynamicInt8,
  q4: fourBitBlocks,
};

/** quantize_dynamic: weights int8 with a scale per channel, activations uint8 with one scale and zero point per run. */
function dynamicInt8(graph: OnnxGraph, weights: ExportWeights): Multiply {
  const quantized = new Set<string>();
  return async (name, layer, input) => {
    const [integers8, scale, zero] = [`${input}.int8`, `${input}.scale`, `${input}.zero`];
    if (!quantized.has(input)) graph.split('DynamicQuantizeLinear', [input], [integers8, scale, zero], {});
    quantized.add(input);
    const shape = [layer.columns, layer.rows];
    const scales = channelScales(layer);
    const stored = graph.external(await weights.place(`${name}.weight`, 'int8', shape, () => inInt8(layer, scales)));
    const channels = graph.external(await weights.place(`${name}.scales`, 'float32', [layer.rows], () => scales));
    const product = graph.node('MatMulInteger', [integers8, stored, zero], `${name}.int32`);
    const floats = graph.node('Cast', [product], `${name}.unscaled`, { to: 1 });
    const factors = graph.node('Mul', [scale, channels], `${name}.factors`);
    return graph.node('Mul', [floats, factors], name);
  };
}

/** Symmetric quantization: the largest absolute weight of an output channel becomes 127. */
function channelScales({ rows, columns, values }: Layer) {
  return Float32Array.from({ length: rows }, (_, row) => {
    const own = values.subarray(row * columns, (row + 1) * columns);
    return (own.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1) / 127;
  });
}

function inInt8(layer: Layer, scales: Float32Array): Int8Array {
  const integers = new Int8Array(layer.values.length);
  eachTransposed(layer, (from, to) => {
    integers[to] = Math.round(layer.values[from] / scales[Math.floor(from / layer.columns)]);
  });
  return integers;
}

function transposed(layer: Layer): Float32Array {
  const values = new Float32Array(layer.values.length);
  eachTransposed(layer, (from, to) => {
    values[to] = layer.values[from];
  });
  return values;
}

const BLOCK = 32;

/** MatMulNBits: symmetric, 4 bits, a scale per 32 inputs of a channel; accuracy level 4 lets the kernel multiply integers, the fastest way. */
function fourBitBlocks(graph: OnnxGraph, weights: ExportWeights): Multiply {
  return async (name, { rows, columns, values }, input) => {
    const blocks = values.length / BLOCK;
    const scales = new Float32Array(blocks);
    const pack = () => {
      const packed = new Uint8Array(values.length / 2);
      for (let block = 0; block < blocks; block++) scales[block] = packBlock(values, block, packed);
      return packed;
    };
    const shape = [rows, columns / BLOCK, BLOCK / 2];
    const stored = graph.external(await weights.place(`${name}.weight`, 'uint8', shape, pack));
    const factors = graph.external(await weights.place(`${name}.scales`, 'float32', [blocks], () => scales));
    const attributes = { K: columns, N: rows, bits: 4, block_size: BLOCK, accuracy_level: 4 };
    graph.microsoft('MatMulNBits', [input, stored, factors], [name], attributes);
    return name;
  };
}

/** Packs two inputs a byte, the first in the low half, with an offset of 8; the weight farthest from 0 becomes -8. @returns the scale */
function packBlock(values: Float32Array, block: number, packed: Uint8Array): number {
  const part = values.subarray(block * BLOCK, (block + 1) * BLOCK);
  const farthest = part.reduce((far, value) => (Math.abs(value) > Math.abs(far) ? value : far), 0);
  const scale = farthest / -8;
  const nibble = (value: number) => Math.min(15, Math.round(scale === 0 ? 0 : value / scale) + 8);
  for (let i = 0; i < BLOCK; i += 2) {
    packed[(block * BLOCK + i) / 2] = nibble(part[i]) | (nibble(part[i + 1]) << 4);
  }
  return scale;
}

/** Calls `move` for every value with its index in [out, in] and in [in, out]. */
function eachTransposed({ rows, columns }: Layer, move: (from: number, to: number) => void): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) move(row * columns + column, column * rows + row);
  }
}
