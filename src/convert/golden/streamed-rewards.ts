import type { Gain, Linear } from '../families/family.js';
import { rotaryTables } from '../graph/rope.js';
import type { Matrix } from '../quantize/matrix.js';
import type { RewardTensors } from '../reward-tensors.js';
import { linearShape } from '../transformers/tensor-list.js';
import { attention, type Rotation, rotate } from './attention.js';
import { rmsNorm } from './norm.js';

/** The product of `input` [n, k] with the transpose of `weights` [m, k]: [n, m], in float32. */
export type Multiply = (input: Matrix, weights: Matrix) => Promise<Float32Array>;

/** What all layers share. */
interface Texts {
  lengths: readonly number[];
  /** The position of each token in its text. */
  positions: readonly number[];
  table: Rotation;
}

/**
 * The rewards of lists of ids at their last ids, in float32. The weights pass by as a stream, a few megabytes at a time, so a model of any
 * size needs memory for the activations of these texts only. Equations: see `buildRewardGraph`, which computes the same in one graph.
 * @param lists at least one, each with at least one id
 */
export async function streamedRewards(
  checkpoint: RewardTensors,
  lists: readonly ArrayLike<number>[],
  multiply: Multiply,
): Promise<number[]> {
  const trunk = new StreamedTrunk(checkpoint, multiply);
  const { layers, headDim, rope } = checkpoint.trunk;
  const lengths = lists.map(({ length }) => length);
  const { cos, sin } = rotaryTables(rope, headDim, Math.max(...lengths));
  const positions = lengths.flatMap((length) => Array.from({ length }, (_, position) => position));
  const texts = { lengths, positions, table: { cos: joined(cos), sin: joined(sin) } };
  const stream = await trunk.embedded(lists.flatMap((ids) => Array.from(ids)));
  for (let layer = 0; layer < layers; layer++) await trunk.addLayer(stream, layer, texts);
  return trunk.rewards(stream, lengths);
}

class StreamedTrunk {
  readonly #checkpoint: RewardTensors;
  readonly #multiply: Multiply;

  constructor(checkpoint: RewardTensors, multiply: Multiply) {
    this.#checkpoint = checkpoint;
    this.#multiply = multiply;
  }

  /** [ids, width] */
  async embedded(ids: readonly number[]): Promise<Float32Array<ArrayBuffer>> {
    const { vocabulary, width } = this.#checkpoint.trunk;
    const stream = new Float32Array(ids.length * width);
    const table = await this.#checkpoint.matrix('embed_tokens.weight', vocabulary, width);
    let first = 0;
    for await (const { rows, values } of table.blocks()) {
      for (const [token, id] of ids.entries()) {
        const row = id - first;
        if (row >= 0 && row < rows) stream.set(values.subarray(row * width, (row + 1) * width), token * width);
      }
      first += rows;
    }
    return stream;
  }

  /** Adds attention and feed-forward of a layer to the stream. */
  async addLayer(stream: Float32Array<ArrayBuffer>, layer: number, texts: Texts): Promise<void> {
    const { trunk } = this.#checkpoint;
    const heads = await this.#heads(await this.#normed(stream, layer, 'attention_norm', trunk.width), layer, texts);
    const attended = attention(heads, texts.lengths, trunk, trunk.windows[layer]);
    add(stream, await this.#linear(attended, layer, 'o_proj'));
    const normed = await this.#normed(stream, layer, 'forward_norm', trunk.width);
    const gate = await this.#linear(normed, layer, 'gate_proj');
    const up = await this.#linear(normed, layer, 'up_proj');
    for (let i = 0; i < gate.length; i++) gate[i] = (gate[i] / (1 + Math.exp(-gate[i]))) * up[i];
    add(stream, await this.#linear(gate, layer, 'down_proj'));
  }

  /** The head at the last token of each text. */
  async rewards(stream: Float32Array, lengths: readonly number[]): Promise<number[]> {
    const { trunk, headBias } = this.#checkpoint;
    const { width, normEpsilon } = trunk;
    const head = await this.#checkpoint.vector('head.weight', [1, width]);
    const [bias] = headBias ? await this.#checkpoint.vector('head.bias', [1]) : [0];
    const normed = rmsNorm(stream, await this.#checkpoint.vector('norm.weight', [width]), normEpsilon);
    let end = 0;
    return lengths.map((length) => {
      end += length;
      const last = normed.subarray((end - 1) * width, end * width);
      return Math.fround(last.reduce((sum, value, i) => sum + value * head[i], bias));
    });
  }

  async #heads(normed: Float32Array<ArrayBuffer>, layer: number, { positions, table }: Texts) {
    const { family, headDim } = this.#checkpoint.trunk;
    let queries = await this.#linear(normed, layer, 'q_proj');
    let keys = await this.#linear(normed, layer, 'k_proj');
    if (family.normedHeads) {
      queries = await this.#normed(queries, layer, 'q_norm', headDim);
      keys = await this.#normed(keys, layer, 'k_norm', headDim);
    }
    rotate(queries, headDim, positions, table);
    rotate(keys, headDim, positions, table);
    return { queries, keys, values: await this.#linear(normed, layer, 'v_proj') };
  }

  async #normed(values: Float32Array, layer: number, norm: Gain, width: number): Promise<Float32Array<ArrayBuffer>> {
    const gain = await this.#checkpoint.vector(`layers.${layer}.${norm}.weight`, [width]);
    return rmsNorm(values, gain, this.#checkpoint.trunk.normEpsilon);
  }

  async #linear(input: Float32Array<ArrayBuffer>, layer: number, part: Linear): Promise<Float32Array<ArrayBuffer>> {
    const { trunk } = this.#checkpoint;
    const [outputs, inputs] = linearShape(trunk, part);
    const tokens = input.length / inputs;
    const output = new Float32Array(tokens * outputs);
    const bias = trunk.biased.has(part) ? await this.#checkpoint.vector(`layers.${layer}.${part}.bias`, [outputs]) : [];
    const matrix = await this.#checkpoint.matrix(`layers.${layer}.${part}.weight`, outputs, inputs);
    let first = 0;
    for await (const block of matrix.blocks()) {
      const product = await this.#multiply({ rows: tokens, columns: inputs, values: input }, block);
      for (let token = 0; token < tokens; token++)
        output.set(product.subarray(token * block.rows, (token + 1) * block.rows), token * outputs + first);
      first += block.rows;
    }
    for (let i = 0; i < output.length && bias.length > 0; i++) output[i] += bias[i % outputs];
    return output;
  }
}

function add(stream: Float32Array, branch: Float32Array): void {
  for (let i = 0; i < stream.length; i++) stream[i] += branch[i];
}

function joined(parts: Iterable<Float32Array>): Float32Array {
  return Float32Array.from([...parts].flatMap((part) => [...part]));
}
