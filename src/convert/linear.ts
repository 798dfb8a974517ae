import { StarlingError } from '../errors.js';
import { fromBlocks, type StoredMatrix, stacked } from './matrix.js';
import type { OnnxGraph } from './onnx-graph.js';
import { BLOCK, quantizeBlocks, quantizeChannels } from './quantize.js';
import type { RewardTensors } from './reward-tensors.js';
import { blockOf, hadamard, turnedCheckpoint } from './rotation.js';
import { transposed, transposeInto } from './transpose.js';
import type { Weights } from './weight-file.js';

/** How one dtype stores weights and multiplies by them. */
export interface Arithmetic {
  /** The checkpoint whose tensors this dtype stores. */
  prepared(checkpoint: RewardTensors): RewardTensors;
  /** The rotation that `prepared` expects at a value [1, S, width] float32. */
  turned(value: string, width: number): Promise<string>;
  /** Rows of a [vocabulary, width] table, looked up by `ids`. Gives [1, S, width] float32. */
  embedding(table: StoredMatrix, ids: string): Promise<string>;
  /** `inputs` (from `input`) times the fused layers. Gives [1, S, sum of out] float32. */
  linear(name: string, layers: readonly StoredMatrix[], input: LinearInput): Promise<string>;
  /** What `linear` multiplies, made once from a float32 value [1, S, width] that several matrices may read. */
  input(value: string, width: number): LinearInput;
}

/** A value made ready for `linear`: in fp32 itself, in int8 its integers and their scale per token. */
export interface LinearInput {
  value: string;
  scale?: string;
}

export function fp32Arithmetic(graph: OnnxGraph, weights: Weights): Arithmetic {
  return {
    prepared: (checkpoint) => checkpoint,
    turned: async (value) => value,
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

/**
 * Integer products with a scale per output channel and a scale per token: round(x / scale) lies in [-127, 127] and is stored as
 * u8 around 128, which is what the fast kernels take. Each token has its own scale, so that its result depends on no other token.
 */
export function int8Arithmetic(graph: OnnxGraph, weights: Weights): Arithmetic {
  const middle = graph.constant('middle', 'uint8', [], [128]);
  const inverse = graph.constant('per_127', 'float32', [], [1 / 127]);
  const smallest = graph.constant('smallest_scale', 'float32', [], [1e-30]);
  const last = graph.constant('last_axis', 'int64', [1], [-1]);
  const rotations = new Set<string>();
  const rotation = async (block: number) => {
    const name = `rotation_${block}`;
    if (!rotations.has(name)) {
      rotations.add(name);
      graph.external(await weights.append(name, 'float32', [block, block], hadamard(block).values));
    }
    return name;
  };
  const merged = graph.constant('merged_shape', 'int64', [3], [0, 0, -1]);
  return {
    prepared: turnedCheckpoint,
    async turned(value, width) {
      const block = blockOf(width);
      const shape = graph.constant(`${value}.block_shape`, 'int64', [4], [0, 0, -1, block]);
      const blocks = graph.node('Reshape', [value, shape], `${value}.blocks`);
      const turned = graph.node('MatMul', [blocks, await rotation(block)], `${value}.turned_blocks`);
      return graph.node('Reshape', [turned, merged], `${value}.turned`);
    },
    async embedding(stored, ids) {
      const { rows, columns } = stored;
      if (columns % BLOCK !== 0) {
        throw new StarlingError(
          'E_CHECKPOINT',
          `a width of ${columns} has no int8 embedding; it must be a multiple of ${BLOCK}`,
        );
      }
      const scales: Uint16Array[] = [];
      const integers = fromBlocks(stored, ({ values }) => {
        const quantized = quantizeBlocks(values);
        scales.push(quantized.scales);
        return quantized.integers;
      });
      const table = graph.external(await weights.append('embed_tokens', 'int8', [rows, columns], integers));
      const table_scales = graph.external(
        await weights.append('embed_tokens.scale', 'float16', [rows, columns / BLOCK], scales),
      );
      const found = graph.node('Gather', [table, ids], 'embedded_int8');
      const halves = graph.node('Gather', [table_scales, ids], 'embedded_scale_fp16');
      const scale = graph.node('Cast', [halves], 'embedded_scale', { to: 1 });
      return graph.node('DequantizeLinear', [found, scale], 'embedded', { axis: -1, block_size: BLOCK });
    },
    input(value, width) {
      const magnitude = graph.node('Abs', [value], `${value}.abs`);
      const largest = graph.node('ReduceMax', [magnitude, last], `${value}.max`, { keepdims: 1 });
      const scaled = graph.node('Mul', [largest, inverse], `${value}.scale_raw`);
      // A token of zeros only would divide by zero.
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
