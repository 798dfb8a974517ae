import { addAttention, addKept, addPositions, type Positions } from './attention.js';
import { addLinear, addVector, type GraphParts } from './graph-parts.js';
import { addReadoutAttention } from './readout-attention.js';

/** Values that every layer reads. */
interface Shared {
  positions: Positions;
  /** int64 [1]: the input with the index, in this run, of the token that the head reads. */
  readout: string;
}

/**
 * Writes a trunk with a reward head as a graph that continues a KV cache:
 *
 *   input_ids int64 [1, S], past_key_values.N.key and .value float32 [1, kv heads, P, head size], readout_position int64 [1],
 *   kept int64 [1]
 *   -> reward float32 [1], present.N.key and .value float32 [1, kv heads, kept, head size]
 *
 * S is the number of tokens in this run, P the number of tokens in the cache (which may be 0). The reward is the head applied to the final
 * norm of the token at `readout_position` of this run (0 = its first token). `kept` is P + S where the caller wants the cache, else 0.
 * Tokens have the positions P, P + 1, … and causal attention. A graph with `placed` has two more inputs instead:
 * position_ids int64 [1, S], and attention_bias float32 [1, 1, S, P + S], which is added to the logits of attention.
 * Equations: Llama 2 (arXiv 2307.09288) with grouped-query attention (arXiv 2305.13245), RMSNorm (arXiv 1910.07467),
 * rotary positions (arXiv 2104.09864), SwiGLU (arXiv 2002.05202).
 */
export async function buildRewardGraph(parts: GraphParts): Promise<void> {
  const { checkpoint, graph, arithmetic } = parts;
  const { trunk } = checkpoint;
  const ids = graph.input('input_ids', 'int64', [1, 'tokens']);
  const positions = await addPositions(parts, ids);
  const shared = { positions, readout: graph.input('readout_position', 'int64', [1]) };
  const table = await checkpoint.matrix('embed_tokens.weight', trunk.vocabulary, trunk.width);
  let stream = await arithmetic.rotated(await arithmetic.embedding(table, ids), trunk.width);
  let branch: string | undefined;
  for (let layer = 0; layer < trunk.layers; layer++)
    ({ stream, branch } = await addLayer(parts, shared, layer, stream, branch));
  const { normed } = await addNorm(parts, 'norm.weight', 'final', stream, branch);
  const head = await addVector(parts, 'head.weight', 'v_head', [1, trunk.width], [trunk.width, 1]);
  let reward = graph.node('MatMul', [normed, head], 'reward_3d');
  if (checkpoint.headBias)
    reward = graph.node('Add', [reward, await addVector(parts, 'head.bias', 'v_head.bias', [1])], 'reward_biased');
  graph.node('Reshape', [reward, graph.constant('flat', 'int64', [1], [-1])], 'reward');
  graph.output('reward', 'float32', [1]);
  addKept(parts);
}

/**
 * One layer: attention and feed-forward. Each reads the norm of the residual stream and is added back to the stream. The next norm makes
 * the addition (`stream` + `branch`), since the runtime has one kernel for both.
 */
async function addLayer(parts: GraphParts, shared: Shared, layer: number, stream: string, branch?: string) {
  const { graph, checkpoint, arithmetic } = parts;
  const { width, layers, heads, headDim } = checkpoint.trunk;
  const [key, name] = [`layers.${layer}`, `layer${layer}`];
  const attentionNorm = await addNorm(parts, `${key}.attention_norm.weight`, `${name}.attention_norm`, stream, branch);
  const attended = await addAttentionOf(parts, shared, layer, attentionNorm.normed);
  let residual = attentionNorm.sum;
  if (layer === layers - 1)
    residual = graph.node('Gather', [residual, shared.readout], 'stream_at_readout', { axis: 1 });
  const columns = heads * headDim;
  const projection = { part: 'o_proj', rows: width, columns } as const;
  const output = await addLinear(parts, key, `${name}.o_proj`, [projection], arithmetic.input(attended, columns));
  const forwardNorm = await addNorm(parts, `${key}.forward_norm.weight`, `${name}.forward_norm`, residual, output);
  return { stream: forwardNorm.sum, branch: await addFeedForward(parts, key, name, forwardNorm.normed) };
}

/** The attention of a layer. In the last layer only the token at `readout` is needed, as no later layer attends to the others. */
async function addAttentionOf(parts: GraphParts, { positions, readout }: Shared, layer: number, normed: string) {
  const isLast = layer === parts.checkpoint.trunk.layers - 1;
  if (isLast && !positions.placed) return addReadoutAttention(parts, positions, layer, normed, readout);
  const attended = await addAttention(parts, positions, layer, normed);
  // The position inputs describe the whole run, so attention is computed for all of it.
  return isLast ? parts.graph.node('Gather', [attended, readout], 'attended_at_readout', { axis: 1 }) : attended;
}

/** RMSNorm of `stream` + `branch`. Returns the norm and the sum. */
async function addNorm(parts: GraphParts, key: string, name: string, stream: string, branch?: string) {
  const { graph, checkpoint } = parts;
  const { width, normEpsilon: epsilon } = checkpoint.trunk;
  const gain = await addVector(parts, key, `${name}.gain`, [width]);
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

/** SwiGLU: down(silu(gate(x)) * up(x)). */
async function addFeedForward(parts: GraphParts, key: string, name: string, normed: string): Promise<string> {
  const { graph, checkpoint, arithmetic } = parts;
  const { width, feedForward } = checkpoint.trunk;
  // Two products instead of a fused one: splitting the fused product would copy it.
  const input = arithmetic.input(normed, width);
  const wide = { rows: feedForward, columns: width };
  const gated = await addLinear(parts, key, `${name}.gate_proj`, [{ part: 'gate_proj', ...wide }], input);
  const lifted = await addLinear(parts, key, `${name}.up_proj`, [{ part: 'up_proj', ...wide }], input);
  const sigmoid = graph.node('Sigmoid', [gated], `${name}.sigmoid`);
  const silu = graph.node('Mul', [gated, sigmoid], `${name}.silu`);
  const product = graph.node('Mul', [silu, lifted], `${name}.swiglu`);
  const rotated = await arithmetic.rotated(product, feedForward);
  const narrow = { part: 'down_proj', rows: width, columns: feedForward } as const;
  return addLinear(parts, key, `${name}.down_proj`, [narrow], arithmetic.input(rotated, feedForward));
}
