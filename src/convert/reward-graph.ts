import { RUN_MULTIPLE } from '../types.js';
import type { Checkpoint } from './checkpoint.js';
import type { Arithmetic } from './linear.js';
import type { OnnxGraph } from './onnx-graph.js';
import type { TrunkConfig } from './trunk-config.js';
import type { Weights } from './weight-file.js';

/** What the graph is built from and written to. */
export interface GraphParts {
  checkpoint: Checkpoint;
  graph: OnnxGraph;
  weights: Weights;
  arithmetic: Arithmetic;
}

/** Values that every layer reads. */
interface Shared {
  /** int32 [1]: tokens in the cache and in this run, less one; what GroupQueryAttention calls seqlens_k. */
  lastPosition: string;
  /** int32 scalar: tokens in the cache and in this run. */
  total: string;
  cos: string;
  sin: string;
  /** int64 [1]: the input that says which token of this run the reward is read at. */
  readout: string;
}

/**
 * Writes a Llama trunk with a value head as a graph that continues a KV cache:
 *
 *   input_ids int64 [1, S], past_key_values.N.key and .value float32 [1, kv heads, P, head size], readout_position int64 [1]
 *   -> reward float32 [1], present.N.key and .value float32 [1, kv heads, P + S, head size]
 *
 * The reward is the head on the final norm of the token at `readout_position` of this run (0 = its first token). P may be 0.
 * Equations: Llama 2 (arXiv 2307.09288) with grouped-query attention (arXiv 2305.13245), RMSNorm (arXiv 1910.07467),
 * rotary positions (arXiv 2104.09864), SwiGLU (arXiv 2002.05202).
 */
export async function buildRewardGraph(parts: GraphParts): Promise<void> {
  const { checkpoint, graph, arithmetic } = parts;
  const { trunk } = checkpoint;
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const shared = await sharedValues(parts, ids);
  const table = await checkpoint.matrix('transformer.embed_tokens.weight', trunk.vocabulary, trunk.width);
  let stream = await arithmetic.turned(await arithmetic.embedding(table, ids), trunk.width);
  let branch: string | undefined;
  for (let layer = 0; layer < trunk.layers; layer++)
    ({ stream, branch } = await addLayer(parts, shared, layer, stream, branch));
  const { normed } = await addNorm(parts, 'transformer.norm.weight', 'final', stream, branch);
  const head = await vector(parts, 'v_head.weight', 'v_head', [1, trunk.width], [trunk.width, 1]);
  const reward = graph.node('MatMul', [normed, head], 'reward_3d');
  graph.node('Reshape', [reward, graph.constant('flat', 'int64', [1], [-1])], 'reward');
  graph.output('reward', 'float32', [1]);
}

async function sharedValues(parts: GraphParts, ids: string): Promise<Shared> {
  const { graph, checkpoint } = parts;
  const { kvHeads, headDim } = checkpoint.trunk;
  const past = graph.input('past_key_values.0.key', 'float32', [1, kvHeads, 'past', headDim]);
  const present = graph.node('Shape', [ids], 'run_length', { start: 1, end: 2 });
  const before = graph.node('Shape', [past], 'past_length', { start: 2, end: 3 });
  const total64 = graph.node('Add', [present, before], 'total_int64');
  const total1 = graph.node('Cast', [total64], 'total_1', { to: 6 });
  const lastPosition = graph.node('Sub', [total1, graph.constant('one', 'int32', [1], [1])], 'last_position');
  const total = graph.node('Squeeze', [total1], 'total');
  const { cos, sin } = rotaryTables(checkpoint.trunk);
  const shape = [cos.length / (headDim / 2), headDim / 2];
  return {
    lastPosition,
    total,
    cos: graph.external(await parts.weights.append('rotary_cos', 'float32', shape, cos)),
    sin: graph.external(await parts.weights.append('rotary_sin', 'float32', shape, sin)),
    readout: graph.input('readout_position', 'int64', [1]),
  };
}

/** cos and sin of position * theta^(-2i/d), [positions, d/2]; frequencies and angles in float32, as PyTorch computes them. */
function rotaryTables({ maxPositions, headDim, ropeTheta }: TrunkConfig) {
  const half = headDim / 2;
  const frequencies = Float32Array.from(
    { length: half },
    (_, i) => 1 / Math.fround(ropeTheta ** Math.fround((2 * i) / headDim)),
  );
  const angle = (k: number) => Math.fround(Math.floor(k / half) * frequencies[k % half]);
  // A text of the maximum length may be filled up to a whole run.
  const length = Math.ceil(maxPositions / RUN_MULTIPLE) * RUN_MULTIPLE * half;
  return {
    cos: Float32Array.from({ length }, (_, k) => Math.cos(angle(k))),
    sin: Float32Array.from({ length }, (_, k) => Math.sin(angle(k))),
  };
}

/**
 * One layer: attention and feed-forward, each on the norm of the residual stream and added back to it. The addition is left to
 * the norm that follows (`stream` + `branch`), which the runtime does in one pass.
 */
async function addLayer(parts: GraphParts, shared: Shared, layer: number, stream: string, branch?: string) {
  const { graph, checkpoint } = parts;
  const { width, layers } = checkpoint.trunk;
  const key = `transformer.layers.${layer}`;
  const name = `layer${layer}`;
  const attentionNorm = await addNorm(parts, `${key}.input_layernorm.weight`, `${name}.attention_norm`, stream, branch);
  let attended = await addAttention(parts, shared, key, name, attentionNorm.normed, layer);
  let residual = attentionNorm.sum;
  if (layer === layers - 1) {
    // Above the last attention nothing looks at other tokens: only the one that is read goes on.
    attended = graph.node('Gather', [attended, shared.readout], 'attended_at_readout', { axis: 1 });
    residual = graph.node('Gather', [residual, shared.readout], 'stream_at_readout', { axis: 1 });
  }
  const projection = await checkpoint.matrix(`${key}.self_attn.o_proj.weight`, width, attentionWidth(checkpoint.trunk));
  const output = await parts.arithmetic.linear(
    `${name}.o_proj`,
    [projection],
    parts.arithmetic.input(attended, projection.columns),
  );
  const forwardNorm = await addNorm(
    parts,
    `${key}.post_attention_layernorm.weight`,
    `${name}.forward_norm`,
    residual,
    output,
  );
  return { stream: forwardNorm.sum, branch: await addFeedForward(parts, key, name, forwardNorm.normed) };
}

function attentionWidth({ heads, headDim }: TrunkConfig): number {
  return heads * headDim;
}

/** RMSNorm of `stream` + `branch`; gives the norm and the sum. */
async function addNorm(parts: GraphParts, key: string, name: string, stream: string, branch?: string) {
  const { graph, checkpoint } = parts;
  const { width, normEpsilon: epsilon } = checkpoint.trunk;
  const gain = await vector(parts, key, `${name}.gain`, [width]);
  if (branch === undefined) {
    return {
      normed: graph.node('SimplifiedLayerNormalization', [stream, gain], name, { axis: -1, epsilon }),
      sum: stream,
    };
  }
  graph.microsoft('SkipSimplifiedLayerNormalization', [stream, branch, gain], [name, '', '', `${name}.sum`], {
    epsilon,
  });
  return { normed: name, sum: `${name}.sum` };
}

async function addAttention(
  parts: GraphParts,
  shared: Shared,
  key: string,
  name: string,
  normed: string,
  layer: number,
): Promise<string> {
  const { graph, checkpoint, arithmetic } = parts;
  const { width, heads, kvHeads, headDim } = checkpoint.trunk;
  const q = await checkpoint.matrix(`${key}.self_attn.q_proj.weight`, heads * headDim, width);
  const k = await checkpoint.matrix(`${key}.self_attn.k_proj.weight`, kvHeads * headDim, width);
  const v = await checkpoint.matrix(`${key}.self_attn.v_proj.weight`, kvHeads * headDim, width);
  const qkv = await arithmetic.linear(`${name}.qkv_proj`, [q, k, v], arithmetic.input(normed, width));
  const past = ['key', 'value'].map((part) => pastInput(graph, checkpoint.trunk, layer, part));
  const present = ['key', 'value'].map((part) => `present.${layer}.${part}`);
  for (const part of present) graph.output(part, 'float32', [1, kvHeads, 'total', headDim]);
  graph.microsoft(
    'GroupQueryAttention',
    [qkv, '', '', ...past, shared.lastPosition, shared.total, shared.cos, shared.sin],
    [`${name}.attended`, ...present],
    { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1 },
  );
  return `${name}.attended`;
}

/** The first layer's key is declared before all layers, since the length of the cache is read from it. */
function pastInput(graph: OnnxGraph, { kvHeads, headDim }: TrunkConfig, layer: number, part: string): string {
  const name = `past_key_values.${layer}.${part}`;
  return layer === 0 && part === 'key' ? name : graph.input(name, 'float32', [1, kvHeads, 'past', headDim]);
}

/** SwiGLU: down(silu(gate(x)) * up(x)). */
async function addFeedForward(parts: GraphParts, key: string, name: string, normed: string): Promise<string> {
  const { graph, checkpoint, arithmetic } = parts;
  const { width, feedForward } = checkpoint.trunk;
  const gate = await checkpoint.matrix(`${key}.mlp.gate_proj.weight`, feedForward, width);
  const up = await checkpoint.matrix(`${key}.mlp.up_proj.weight`, feedForward, width);
  const down = await checkpoint.matrix(`${key}.mlp.down_proj.weight`, width, feedForward);
  const both = await arithmetic.linear(`${name}.gate_up_proj`, [gate, up], arithmetic.input(normed, width));
  const [gated, lifted] = [`${name}.gate`, `${name}.up`];
  graph.split('Split', [both], [gated, lifted], { axis: -1, num_outputs: 2 });
  const sigmoid = graph.node('Sigmoid', [gated], `${name}.sigmoid`);
  const silu = graph.node('Mul', [gated, sigmoid], `${name}.silu`);
  const product = graph.node('Mul', [silu, lifted], `${name}.swiglu`);
  const turned = await arithmetic.turned(product, feedForward);
  return arithmetic.linear(`${name}.down_proj`, [down], arithmetic.input(turned, feedForward));
}

/** A small float32 tensor that is stored as it is, in another shape of as many values if asked. */
async function vector(
  parts: GraphParts,
  key: string,
  name: string,
  shape: readonly number[],
  stored = shape,
): Promise<string> {
  const values = await parts.checkpoint.vector(key, shape);
  return parts.graph.external(await parts.weights.append(name, 'float32', stored, values));
}
