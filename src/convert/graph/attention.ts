import { RUN_MULTIPLE } from '../../model/graph-contract.js';
import type { TrunkConfig } from '../trunk-config.js';
import { addLinear, addVector, type GraphParts } from './graph-parts.js';
import type { OnnxGraph } from './onnx-graph.js';
import { rotaryTables } from './rope.js';

/** What a layer's cache is of. */
export const CACHED = ['key', 'value'];

/** Values that the attention of every layer reads. */
export interface Positions {
  /** int64 [1]: tokens in the cache. */
  past: string;
  /** int32 [1]: tokens in the cache and in this run, less one; what GroupQueryAttention calls seqlens_k. */
  lastPosition: string;
  /** int32 scalar: tokens in the cache and in this run. */
  total: string;
  cos: string;
  sin: string;
  /** Inputs of a graph that is told the positions; absent if tokens stand one after the other. */
  placed?: {
    /** int64 [1, S]: the position of each token of this run. */
    ids: string;
    /** float32 [1, 1, S, P + S]: what is added to the logits of attention. */
    bias: string;
  };
}

/** @param ids the input that holds the run */
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
  // A text of the maximum length may be filled up to a whole run.
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
 * Grouped-query attention of layer N on `normed`, up to where the output projection begins: [1, S, heads * head size].
 * The runtime's operator turns queries and keys to their positions, one after the other from the length of the cache on; where
 * the graph is told the positions, they are turned before it.
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

/** Queries, keys and values of every token, side by side. */
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

/** The runtime's operator. @param turns whether it turns queries and keys to their positions, too */
export function addGroupedAttention(
  { graph, checkpoint }: GraphParts,
  layer: number,
  inputs: string[],
  outputs: string[],
  turns: boolean,
): void {
  const { heads, kvHeads, windows } = checkpoint.trunk;
  const window = windows[layer];
  graph.microsoft('GroupQueryAttention', inputs, outputs, {
    num_heads: heads,
    kv_num_heads: kvHeads,
    do_rotary: turns ? 1 : 0,
    ...(window === null ? {} : { local_window_size: window }),
  });
}

/**
 * After all else: as many of the tokens in the cache and the run as the caller wants become outputs. Where that is none, a layer's keys and
 * values are freed before the next layer, while outputs are all kept to the end of the run, fetched or not. The runtime begins with
 * the last of the nodes that no other needs, so layers come in reverse.
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

/** The keys or values of the cache and the run. */
export function allOf(layer: number, part: string): string {
  return `layer${layer}.${part}s`;
}

/** Queries, keys and values as the attention takes them: as one where nothing is done to them before. */
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
    const turned = (heads: string) => {
      graph.microsoft('RotaryEmbedding', [heads, placed.ids, cos, sin], [`${heads}.placed`]);
      return `${heads}.placed`;
    };
    [query, key] = [turned(query), turned(key)];
  }
  return [query, key, value];
}

/** Queries, keys and values of [1, S, (heads + 2 * kv heads) * head size], apart. */
export function addParts({ graph, checkpoint }: GraphParts, layer: number, qkv: string) {
  const { heads, kvHeads, headDim } = checkpoint.trunk;
  const [query, key, value] = ['query', 'key', 'value'].map((part) => `layer${layer}.${part}`);
  const sizes = [heads, kvHeads, kvHeads].map((count) => count * headDim);
  const axis = graph.constant(`layer${layer}.qkv_sizes`, 'int64', [3], sizes);
  graph.split('Split', [qkv, axis], [query, key, value], { axis: -1 });
  return { query, key, value };
}

export async function addHeadNorms(
  parts: GraphParts,
  layer: number,
  query: string,
  key: string,
): Promise<[string, string]> {
  const normed = await addHeadNorm(parts, `layers.${layer}.q_norm.weight`, query);
  return [normed, await addHeadNorm(parts, `layers.${layer}.k_norm.weight`, key)];
}

/** RMSNorm of each head of [1, S, heads * head size], with one gain for all of them. */
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

/** The first layer's key is declared before all layers, since the length of the cache is read from it. */
export function pastInput(graph: OnnxGraph, { kvHeads, headDim }: TrunkConfig, layer: number, part: string): string {
  const name = `past_key_values.${layer}.${part}`;
  return layer === 0 && part === 'key' ? name : graph.input(name, 'float32', [1, kvHeads, 'past', headDim]);
}
