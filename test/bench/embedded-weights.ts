import { join } from 'node:path';
import { GRAPHS } from '../../src/model/files.js';
import { MODEL } from '../root.js';
import { type RawTensor, readModelGraph } from './model-graph.js';
import type { Trunk } from './trunk.js';

/** Float32 tensors under the names of a Hugging Face checkpoint; a linear layer is [out, in]. */
export type DenseTensors = Map<string, DenseTensor>;

export interface DenseTensor {
  shape: number[];
  values: Float32Array<ArrayBuffer>;
}

type Stored = ReadonlyMap<string, RawTensor>;

/**
 * The embedded int8 model as float32: the integers times their scales, with the rotation undone, so that any Llama implementation can run
 * it. Its rewards are near those of the embedded model, so that a contender that computes another model is detected.
 */
export async function embeddedWeights(trunk: Trunk): Promise<DenseTensors> {
  const { tensors: stored } = await readModelGraph(join(MODEL, GRAPHS.int8));
  const tensors: DenseTensors = new Map();
  for (const [name, shape] of shapesOf(trunk))
    tensors.set(name, { shape, values: plainValues(stored, trunk, name, shape) });
  return tensors;
}

function shapesOf({ layers, width, heads, kvHeads, headDim, feedForward, vocabulary }: Trunk) {
  const shapes: [string, number[]][] = [['transformer.embed_tokens.weight', [vocabulary, width]]];
  for (let layer = 0; layer < layers; layer++) {
    const key = `transformer.layers.${layer}`;
    shapes.push(
      [`${key}.input_layernorm.weight`, [width]],
      [`${key}.self_attn.q_proj.weight`, [heads * headDim, width]],
      [`${key}.self_attn.k_proj.weight`, [kvHeads * headDim, width]],
      [`${key}.self_attn.v_proj.weight`, [kvHeads * headDim, width]],
      [`${key}.self_attn.o_proj.weight`, [width, heads * headDim]],
      [`${key}.post_attention_layernorm.weight`, [width]],
      [`${key}.mlp.gate_proj.weight`, [feedForward, width]],
      [`${key}.mlp.up_proj.weight`, [feedForward, width]],
      [`${key}.mlp.down_proj.weight`, [width, feedForward]],
    );
  }
  shapes.push(['transformer.norm.weight', [width]], ['v_head.weight', [1, width]]);
  return shapes;
}

function plainValues(stored: Stored, trunk: Trunk, name: string, [rows, columns]: readonly number[]) {
  // The gains are folded into the weights after them.
  if (/norm\.weight$/.test(name)) return new Float32Array(rows).fill(1);
  if (name === 'transformer.embed_tokens.weight') return embedding(stored);
  const values = name === 'v_head.weight' ? floats(stored, 'v_head') : dequantized(stored, trunk, name, rows, columns);
  // Rotated are the inputs of all projections but o_proj, and the outputs of those that write to the residual stream.
  if (!/o_proj\.weight$/.test(name)) {
    for (let start = 0; start < values.length; start += BLOCK) turn(values, start, 1);
  }
  if (/(o|down)_proj\.weight$/.test(name)) {
    for (let row = 0; row < rows; row += BLOCK) {
      for (let column = 0; column < columns; column++) turn(values, row * columns + column, columns);
    }
  }
  return values;
}

/** Channels in a block of the model's rotation; see src/convert/quantize/rotation.ts. */
const BLOCK = 64;

/** The orthogonal Hadamard transform of a block of values, `stride` apart, which is its own inverse. */
function turn(values: Float32Array, start: number, stride: number): void {
  for (let half = 1; half < BLOCK; half *= 2) {
    for (let i = 0; i < BLOCK; i++) {
      if (i & half) continue;
      const a = start + i * stride;
      const b = a + half * stride;
      const x = values[a];
      values[a] = x + values[b];
      values[b] = x - values[b];
    }
  }
  for (let i = 0; i < BLOCK; i++) values[start + i * stride] /= Math.sqrt(BLOCK);
}

function dequantized(stored: Stored, trunk: Trunk, name: string, rows: number, columns: number) {
  const { layer, projection } = /layers\.(?<layer>\d+)\.\w+\.(?<projection>\w+)_proj/.exec(name)?.groups ?? {};
  const [fused, first] = placeOf(projection, trunk, (one) => stored.has(`layer${layer}.${one}_proj.weight`));
  const integers = new Int8Array(bytesOf(stored, `layer${layer}.${fused}_proj.weight`));
  const scales = floats(stored, `layer${layer}.${fused}_proj.scale`);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const channel = first + row;
    for (let i = 0; i < columns; i++) {
      values[row * columns + i] = integers[i * scales.length + channel] * scales[channel];
    }
  }
  return values;
}

/** The fused matrix [in, out] of the graph that has a projection, and the first of its output channels there. */
function placeOf(projection: string, trunk: Trunk, isThere: (name: string) => boolean): [string, number] {
  const { heads, kvHeads, headDim, feedForward } = trunk;
  if (isThere(projection)) return [projection, 0];
  const first: Record<string, number> = { k: heads * headDim, v: (heads + kvHeads) * headDim, up: feedForward };
  return [projection === 'gate' || projection === 'up' ? 'gate_up' : 'qkv', first[projection] ?? 0];
}

function embedding(stored: Stored) {
  const integers = new Int8Array(bytesOf(stored, 'embed_tokens'));
  const scales = halves(stored, 'embed_tokens.scale');
  const block = integers.length / scales.length;
  const values = new Float32Array(integers.length);
  for (let i = 0; i < values.length; i++) values[i] = integers[i] * scales[Math.floor(i / block)];
  return values;
}

function bytesOf(stored: Stored, name: string): ArrayBuffer {
  const tensor = stored.get(name);
  if (!tensor) throw new Error(`the embedded model has no tensor ${name}: the benchmark does not know this graph`);
  return tensor.bytes.buffer;
}

function floats(stored: Stored, name: string) {
  return new Float32Array(bytesOf(stored, name));
}

/** Decodes IEEE 754 binary16. Scales are positive. */
function halves(stored: Stored, name: string) {
  return Float32Array.from(new Uint16Array(bytesOf(stored, name)), (half) => {
    const exponent = half >> 10;
    const fraction = half & 0x3ff;
    return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
