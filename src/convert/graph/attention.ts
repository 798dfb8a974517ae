import { RUN_MULTIPLE } from '../../model/graph-contract.js';
import type { TrunkConfig } from '../trunk-config.js';
import { addLinear, addVector, type GraphParts } from './graph-parts.js';
import type { OnnxGraph } from './onnx-graph.js';
import { rotaryTables } from './rope.js';

/** The parts of a layer's cache. */
export const CACHED = ['key', 'value'];

/** Values that the attention of every layer reads. */
export interface Positions {
  /** int64 [1]: tokens in the cache. */
  past: string;
  /** int32 [1]: tokens in the cache and in this run, minus one. This is seqlens_k of GroupQueryAttention. */
  lastPosition: string;
  /** int32 scalar: tokens in the cache and in this run. */
  total: string;
  /** float32 [positions, head size / 2]: the rotary tables. */
  cos: string;
  sin: string;
  /** Position inputs of a graph with `placed`; absent if positions are consecutive. */
  placed?: {
    /** int64 [1, S]: the position of each token of this run. */
    ids: string;
    /** float32 [1, 1, S, P + S]: added to the logits of attention. */
    bias: string;
  };
}

/**
 * Adds the lengths, the rotary tables and the position inputs.
 * @param ids the graph input with the ids of the run, int64 [1, S]
 */
export async function addPositions(parts: GraphParts, ids: string): Promise<Positions> {
  const { graph, checkpoint } = parts;
  const { kvHeads, headDim, maxPositions, rope } = checkpoint.trunk;
  const past = graph.input('past_key_values.0.key', 'float32', [1, kvHeads, 'past', headDim]);
  const present = graph.node('Shape', [ids], 'run_length', { start: 1, end: 2 });
  const before = graph.node('Shape', [past], 'past_length', { start: 2, end: 3 });
  const total64 = graph.node('Add', [present, before], 'total_int64');
  const total1 = graph.node('Cast', [total64], 'total_1', { to: 6 });
  const lastPosition = graph.node('Sub', [total1, graph.constant('one', 'int32', [1], [1])], 'last_position');
  const total = graph.node('Squeeze', [total1], 'total');
  // Padding to a multiple of RUN_MULTIPLE can exceed the maximum length.
  const positions = Math.ceil(maxPositions / RUN_MULTIPLE) * RUN_MULTIPLE;
  const { cos, sin } = rotaryTables(rope, headDim, positions);
  const shape = [positions, headDim / 2];
  return {
    past: before,
    lastPosition,
    total,
    cos: graph.external(await parts.weights.append('rotary_cos', 'float32', shape, cos)),
    sin: graph.external(await parts.weights.append('rotary_sin', 'float32', shape, sin)),
    placed: parts.placed
      ? {
          ids: graph.input('position_ids', 'int64', [1, 'tokens']),
          bias: graph.input('attention_bias', 'float32', [1, 1, 'tokens', 'total']),
        }
      : undefined,
  };
}

/**
 * Grouped-query attention of one layer on `normed`, without the output projection: [1, S, heads * head size].
 * The runtime's operator applies the rotary embedding for consecutive positions, starting at the length of the cache. In a graph with
 * `placed`, nodes before the operator apply it for the given positions.
 */
export async function addAttention(
  parts: GraphParts,
  positions: Positions,
  layer: number,
  normed: string,
): Promise<string> {
  const { graph, checkpoint } = parts;
  const { lastPosition, total, cos, sin, placed } = positions;
  const qkv = await addProjections(parts, layer, normed);
  const past = CACHED.map((part) => pastInput(graph, checkpoint.trunk, layer, part));
  const ends = [lastPosition, total, ...(placed ? ['', '', '', placed.bias] : [cos, sin])];
  const outputs = [`layer${layer}.attended`, ...CACHED.map((part) => allOf(layer, part))];
  const inputs = [...(await addHeads(parts, positions, layer, qkv)), ...past, ...ends];
  addGroupedAttention(parts, layer, inputs, outputs, !placed);
  return outputs[0];
}

/** Queries, keys and values of every token, concatenated: [1, S, (heads + 2 * kv heads) * head size]. */
export function addProjections(parts: GraphParts, layer: number, normed: string): Promise<string> {
  const { checkpoint, arithmetic } = parts;
  const { width, heads, kvHeads, headDim } = checkpoint.trunk;
  const shapes = [
    { part: 'q_proj', rows: heads * headDim, columns: width },
    { part: 'k_proj', rows: kvHeads * headDim, columns: width },
    { part: 'v_proj', rows: kvHeads * headDim, columns: width },
  ] as const;
  return addLinear(parts, `layers.${layer}`, `layer${layer}.qkv_proj`, shapes, arithmetic.input(normed, width));
}

/**
 * Adds the runtime's GroupQueryAttention.
 * @param rotary whether the operator applies the rotary embedding
 */
export function addGroupedAttention(
  { graph, checkpoint }: GraphParts,
  layer: number,
  inputs: string[],
  outputs: string[],
  rotary: boolean,
): void {
  const { heads, kvHeads, windows } = checkpoint.trunk;
  const window = windows[layer];
  graph.microsoft('GroupQueryAttention', inputs, outputs, {
    num_heads: heads,
    kv_num_heads: kvHeads,
    do_rotary: rotary ? 1 : 0,
    ...(window === null ? {} : { local_window_size: window }),
  });
}

/**
 * Adds the cache outputs, as the last nodes of the graph. The input `kept` says how many tokens of the cache and the run they hold.
 * The runtime keeps every output to the end of the run, even one that is not fetched. With `kept` = 0 it frees the keys and values of a
 * layer before the next layer. It starts with the last of the nodes that no other node needs, so layers are added in reverse.
 */
export function addKept({ graph, checkpoint }: GraphParts): void {
  const { layers, kvHeads, headDim } = checkpoint.trunk;
  const kept = graph.input('kept', 'int64', [1]);
  const first = graph.constant('first_token', 'int64', [1], [0]);
  const tokens = graph.constant('token_axis', 'int64', [1], [2]);
  const shape = [1, kvHeads, 'kept', headDim];
  for (let layer = layers - 1; layer >= 0; layer--) {
    for (const part of CACHED) {
      const present = graph.node('Slice', [allOf(layer, part), first, kept, tokens], `present.${layer}.${part}`);
      graph.output(present, 'float32', shape);
    }
  }
}

/** Name of the keys or values of the cache and the run: [1, kv heads, P + S, head size]. */
export function allOf(layer: number, part: string): string {
  return `layer${layer}.${part}s`;
}

/** The inputs of the attention: queries, keys and values. They stay fused where no node changes them first. */
async function addHeads(
  parts: GraphParts,
  { cos, sin, placed }: Positions,
  layer: number,
  qkv: string,
): Promise<string[]> {
  const { graph, checkpoint } = parts;
  const { normedHeads } = checkpoint.trunk.family;
  if (!normedHeads && !placed) return [qkv, '', ''];
  let { query, key, value } = addParts(parts, layer, qkv);
  if (normedHeads) [query, key] = await addHeadNorms(parts, layer, query, key);
  if (placed) {
    const rotary = (heads: string) => {
      graph.microsoft('RotaryEmbedding', [heads, placed.ids, cos, sin], [`${heads}.placed`]);
      return `${heads}.placed`;
    };
    [query, key] = [rotary(query), rotary(key)];
  }
  return [query, key, value];
}

/** Splits [1, S, (heads + 2 * kv heads) * head size] into queries, keys and values. */
export function addParts({ graph, checkpoint }: GraphParts, layer: number, qkv: string) {
  const { heads, kvHeads, headDim } = checkpoint.trunk;
  const [query, key, value] = ['query', 'key', 'value'].map((part) => `layer${layer}.${part}`);
  const sizes = [heads, kvHeads, kvHeads].map((count) => count * headDim);
  const axis = graph.constant(`layer${layer}.qkv_sizes`, 'int64', [3], sizes);
  graph.split('Split', [qkv, axis], [query, key, value], { axis: -1 });
  return { query, key, value };
}

/** Norms each head of the queries and the keys of one layer. */
export async function addHeadNorms(
  parts: GraphParts,
  layer: number,
  query: string,
  key: string,
): Promise<[string, string]> {
  const normed = await addHeadNorm(parts, `layers.${layer}.q_norm.weight`, query);
  return [normed, await addHeadNorm(parts, `layers.${layer}.k_norm.weight`, key)];
}

/** RMSNorm of each head of [1, S, heads * head size]. All heads share one gain [head size]. */
async function addHeadNorm(parts: GraphParts, key: string, value: string): Promise<string> {
  const { graph, checkpoint } = parts;
  const { headDim, normEpsilon: epsilon } = checkpoint.trunk;
  const gain = await addVector(parts, key, `${value}.gain`, [headDim]);
  const shape = graph.constant(`${value}.head_shape`, 'int64', [4], [0, 0, -1, headDim]);
  const heads = graph.node('Reshape', [value, shape], `${value}.heads`);
  const normed = graph.node('SimplifiedLayerNormalization', [heads, gain], `${value}.normed_heads`, {
    axis: -1,
    epsilon,
  });
  const flat = graph.constant(`${value}.flat_shape`, 'int64', [3], [0, 0, -1]);
  return graph.node('Reshape', [normed, flat], `${value}.normed`);
}

/** Declares a cache input and returns its name. `addPositions` has already declared the first layer's key, to read the cache length. */
export function pastInput(graph: OnnxGraph, { kvHeads, headDim }: TrunkConfig, layer: number, part: string): string {
  const name = `past_key_values.${layer}.${part}`;
  return layer === 0 && part === 'key' ? name : graph.input(name, 'float32', [1, kvHeads, 'past', headDim]);
}
