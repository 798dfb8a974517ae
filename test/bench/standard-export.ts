import { writeFile } from 'node:fs/promises';
import { OnnxGraph } from '../../src/convert/graph/onnx-graph.js';
import { weightsOf } from '../../src/model/files.js';
import type { DenseTensors } from './embedded-weights.js';
import { EXPORT_ARITHMETIC, type ExportDtype, type Multiply } from './export-arithmetic.js';
import { ExportWeights } from './export-weights.js';
import type { Trunk } from './trunk.js';

/**
 * How an export computes attention. `plain`: MatMul, mask, Softmax and MatMul, with keys repeated for each group of heads and rotary
 * embeddings by split, negation and concatenation, as torch.onnx exports a LlamaForSequenceClassification. `fused`: one GroupQueryAttention
 * operator of the runtime, as onnxruntime-genai's builder writes.
 */
export const ATTENTIONS = ['plain', 'fused'] as const;

export type Attention = (typeof ATTENTIONS)[number];

interface Parts {
  tensors: DenseTensors;
  trunk: Trunk;
  graph: OnnxGraph;
  weights: ExportWeights;
  multiply: Multiply;
  attention: Attention;
}

/** Graph values that all layers share. */
interface Shared {
  /** Adds attention, positions and padding included. @returns its output [batch, tokens, heads * head size] */
  attend(name: string, projections: Projections): string;
}

/** Names of graph values [batch, tokens, heads * head size]. */
interface Projections {
  q: string;
  k: string;
  v: string;
}

/**
 * Writes graphs of the same weights as other tools export them, one for each kind of attention, which share the external data of the plain
 * one: `input_ids`, `attention_mask` int64 [batch, tokens] -> `logits` float32 [batch, 1], the head at the last token before the padding
 * on the right. Each projection is a separate matrix. Norms are the operator into which the runtime fuses them at load.
 */
export async function writeStandardExports(
  tensors: DenseTensors,
  trunk: Trunk,
  files: Record<Attention, string>,
  dtype: ExportDtype,
): Promise<void> {
  const weights = await ExportWeights.create(weightsOf(files.plain));
  try {
    for (const attention of ATTENTIONS) {
      const graph = new OnnxGraph();
      const multiply = EXPORT_ARITHMETIC[dtype](graph, weights);
      await addModel({ tensors, trunk, graph, weights, multiply, attention });
      await writeFile(files[attention], graph.encode());
    }
  } finally {
    await weights.close();
  }
}

async function addModel(parts: Parts): Promise<void> {
  const { graph, trunk } = parts;
  const { vocabulary, width, layers } = trunk;
  const ids = graph.input('input_ids', 'int64', ['batch', 'tokens']);
  const attended = graph.input('attention_mask', 'int64', ['batch', 'tokens']);
  const stored = await constant(parts, 'embed_tokens', 'transformer.embed_tokens.weight', [vocabulary, width]);
  const shared = await (parts.attention === 'plain' ? plainAttention : fusedAttention)(parts, ids, attended);
  let stream = graph.node('Gather', [stored, ids], 'embedded');
  for (let layer = 0; layer < layers; layer++) stream = await addLayer(parts, shared, layer, stream);
  const normed = await addNorm(parts, 'transformer.norm.weight', 'final', stream);
  const column = await constant(parts, 'v_head', 'v_head.weight', [width, 1]);
  const everywhere = graph.node('MatMul', [normed, column], 'logits_everywhere');
  const lengths = graph.node('ReduceSum', [attended, int64s(graph, 'second_axis', [1])], 'lengths', { keepdims: 1 });
  const last = graph.node('Sub', [lengths, int64s(graph, 'one_each', [1])], 'last');
  const flat = graph.node('Squeeze', [everywhere, int64s(graph, 'third_axis', [2])], 'logits_flat');
  graph.node('GatherElements', [flat, last], 'logits', { axis: 1 });
  graph.output('logits', 'float32', ['batch', 1]);
}

async function fusedAttention(parts: Parts, ids: string, attended: string): Promise<Shared> {
  const { graph, trunk } = parts;
  const { heads, kvHeads, headDim } = trunk;
  const [cos, sin] = await rotaryTables(parts, 'half', headDim / 2);
  const sums = graph.node('ReduceSum', [attended, int64s(graph, 'key_axis', [1])], 'key_counts', { keepdims: 0 });
  const before = graph.node('Sub', [sums, graph.constant('one_less', 'int64', [], [1])], 'last_keys_int64');
  const lastKeys = graph.node('Cast', [before], 'last_keys', { to: 6 });
  const tokens = graph.node('Squeeze', [graph.node('Shape', [ids], 'tokens_1', { start: 1, end: 2 })], 'tokens_0');
  const total = graph.node('Cast', [tokens], 'total', { to: 6 });
  const attributes = { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1 };
  return {
    attend(name, { q, k, v }) {
      const inputs = [q, k, v, '', '', lastKeys, total, cos, sin];
      graph.microsoft('GroupQueryAttention', inputs, [`${name}.attended`], attributes);
      return `${name}.attended`;
    },
  };
}

async function plainAttention(parts: Parts, ids: string, attended: string): Promise<Shared> {
  const { graph, trunk } = parts;
  const { heads, kvHeads, headDim } = trunk;
  const tables = await rotaryTables(parts, 'whole', headDim);
  const tokens = graph.node('Squeeze', [graph.node('Shape', [ids], 'tokens_1', { start: 1, end: 2 })], 'tokens_0');
  const [zero, one] = [graph.constant('zero', 'int64', [], [0]), graph.constant('one', 'int64', [], [1])];
  const positions = graph.node('Range', [zero, tokens, one], 'positions');
  const [cos, sin] = tables.map((table) => graph.node('Gather', [table, positions], `${table}.here`));
  const mask = addMask(parts, positions, attended);
  const factor = graph.constant('factor', 'float32', [], [1 / Math.sqrt(headDim)]);
  const split = (value: string, count: number) => {
    const shaped = graph.node(
      'Reshape',
      [value, int64s(graph, `${value}.shape`, [0, 0, count, headDim])],
      `${value}.split`,
    );
    return graph.node('Transpose', [shaped], `${value}.heads`, { perm: [0, 2, 1, 3] });
  };
  return {
    attend(name, { q, k, v }) {
      const query = addRotation(parts, cos, sin, split(q, heads));
      const keys = addRepeat(parts, addRotation(parts, cos, sin, split(k, kvHeads)));
      const values = addRepeat(parts, split(v, kvHeads));
      const turned = graph.node('Transpose', [keys], `${name}.keys_turned`, { perm: [0, 1, 3, 2] });
      const raw = graph.node('MatMul', [query, turned], `${name}.raw_scores`);
      const masked = graph.node('Add', [graph.node('Mul', [raw, factor], `${name}.scores`), mask], `${name}.masked`);
      const shares = graph.node('Softmax', [masked], `${name}.shares`, { axis: -1 });
      const mixed = graph.node('MatMul', [shares, values], `${name}.mixed`);
      const joined = graph.node('Transpose', [mixed], `${name}.joined`, { perm: [0, 2, 1, 3] });
      return graph.node('Reshape', [joined, int64s(graph, `${name}.flat_shape`, [0, 0, -1])], `${name}.flat`);
    },
  };
}

/** Attention mask float32 [batch, 1, tokens, tokens]: 0 where a token may attend, else the lowest number. */
function addMask({ graph }: Parts, positions: string, attended: string): string {
  const asRow = graph.node('Unsqueeze', [positions, int64s(graph, 'front', [0])], 'positions_row');
  const asColumn = graph.node('Unsqueeze', [positions, int64s(graph, 'back', [1])], 'positions_column');
  const causal = graph.node('LessOrEqual', [asRow, asColumn], 'causal');
  const present = graph.node('Cast', [attended], 'present', { to: 9 });
  const presentKeys = graph.node('Unsqueeze', [present, int64s(graph, 'middle_axes', [1, 2])], 'present_keys');
  const visible = graph.node('And', [causal, presentKeys], 'visible');
  const [open, shut] = [graph.constant('open', 'float32', [], [0]), graph.constant('shut', 'float32', [], [-3.4e38])];
  return graph.node('Where', [visible, open, shut], 'mask');
}

/** cos and sin of position * theta^(-2i/d), [positions, columns]: both halves of a head have the same angles. */
async function rotaryTables(
  { graph, weights, trunk }: Parts,
  name: string,
  columns: number,
): Promise<[string, string]> {
  const { maxPositions, headDim, ropeTheta } = trunk;
  const shape = [maxPositions, columns];
  const angle = (k: number) => Math.floor(k / columns) / ropeTheta ** ((2 * (k % (headDim / 2))) / headDim);
  const table = (of: (angle: number) => number) => () =>
    Float32Array.from({ length: maxPositions * columns }, (_, k) => of(angle(k)));
  return [
    graph.external(await weights.place(`cos.${name}`, 'float32', shape, table(Math.cos))),
    graph.external(await weights.place(`sin.${name}`, 'float32', shape, table(Math.sin))),
  ];
}

async function addLayer(parts: Parts, shared: Shared, layer: number, stream: string): Promise<string> {
  const { graph } = parts;
  const key = `transformer.layers.${layer}`;
  const name = `layer${layer}`;
  const attentionInput = await addNorm(parts, `${key}.input_layernorm.weight`, `${name}.attention_norm`, stream);
  const attention = await addAttention(parts, shared, `${key}.self_attn`, name, attentionInput);
  const between = graph.node('Add', [stream, attention], `${name}.between`);
  const forwardInput = await addNorm(parts, `${key}.post_attention_layernorm.weight`, `${name}.forward_norm`, between);
  const forward = await addFeedForward(parts, `${key}.mlp`, name, forwardInput);
  return graph.node('Add', [between, forward], `${name}.stream`);
}

async function addNorm(parts: Parts, key: string, name: string, value: string): Promise<string> {
  const { width, normEpsilon: epsilon } = parts.trunk;
  const gain = await constant(parts, `${name}.gain`, key, [width]);
  return parts.graph.node('SimplifiedLayerNormalization', [value, gain], name, { axis: -1, epsilon });
}

async function addAttention(parts: Parts, shared: Shared, key: string, name: string, input: string): Promise<string> {
  const { width, heads, kvHeads, headDim } = parts.trunk;
  const projections = {
    q: await linear(parts, `${key}.q_proj`, `${name}.q`, input, heads * headDim, width),
    k: await linear(parts, `${key}.k_proj`, `${name}.k`, input, kvHeads * headDim, width),
    v: await linear(parts, `${key}.v_proj`, `${name}.v`, input, kvHeads * headDim, width),
  };
  return linear(parts, `${key}.o_proj`, `${name}.o`, shared.attend(name, projections), width, heads * headDim);
}

/** x cos + (-second half, first half) sin. */
function addRotation({ graph }: Parts, cos: string, sin: string, value: string): string {
  const [first, second] = [`${value}.first`, `${value}.second`];
  graph.split('Split', [value], [first, second], { axis: -1, num_outputs: 2 });
  const negated = graph.node('Neg', [second], `${value}.negated`);
  const swapped = graph.node('Concat', [negated, first], `${value}.swapped`, { axis: -1 });
  const straight = graph.node('Mul', [value, cos], `${value}.straight`);
  const across = graph.node('Mul', [swapped, sin], `${value}.across`);
  return graph.node('Add', [straight, across], `${value}.rotated`);
}

/** Repeats each key/value head for every query head of its group. */
function addRepeat({ graph, trunk }: Parts, value: string): string {
  const { heads, kvHeads, headDim } = trunk;
  const apart = graph.node('Unsqueeze', [value, int64s(graph, `${value}.axis`, [2])], `${value}.apart`);
  const times = int64s(graph, `${value}.times`, [1, 1, heads / kvHeads, 1, 1]);
  const expanded = graph.node('Expand', [apart, times], `${value}.expanded`);
  const shape = int64s(graph, `${value}.repeated_shape`, [0, heads, -1, headDim]);
  return graph.node('Reshape', [expanded, shape], `${value}.repeated`);
}

async function addFeedForward(parts: Parts, key: string, name: string, input: string): Promise<string> {
  const { graph, trunk } = parts;
  const { width, feedForward } = trunk;
  const gate = await linear(parts, `${key}.gate_proj`, `${name}.gate`, input, feedForward, width);
  const up = await linear(parts, `${key}.up_proj`, `${name}.up`, input, feedForward, width);
  const sigmoid = graph.node('Sigmoid', [gate], `${name}.sigmoid`);
  const silu = graph.node('Mul', [gate, sigmoid], `${name}.silu`);
  const product = graph.node('Mul', [silu, up], `${name}.swiglu`);
  return linear(parts, `${key}.down_proj`, `${name}.down`, product, width, feedForward);
}

async function linear(parts: Parts, key: string, name: string, input: string, rows: number, columns: number) {
  return parts.multiply(name, { rows, columns, values: valuesOf(parts, `${key}.weight`) }, input);
}

async function constant(parts: Parts, name: string, key: string, shape: readonly number[]): Promise<string> {
  return parts.graph.external(await parts.weights.place(name, 'float32', shape, () => valuesOf(parts, key)));
}

function valuesOf({ tensors }: Parts, name: string): Float32Array<ArrayBuffer> {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor.values;
}

function int64s(graph: OnnxGraph, name: string, values: readonly number[]): string {
  return graph.constant(name, 'int64', [values.length], values);
}
