import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { OnnxGraph } from '../../src/convert/onnx-graph.js';
import { WeightFile } from '../../src/convert/weight-file.js';
import { weightsOf } from '../../src/model-files.js';
import type { DenseTensors } from './embedded-weights.js';
import { EXPORT_ARITHMETIC, type ExportDtype, type Multiply } from './export-arithmetic.js';
import type { Trunk } from './trunk.js';

interface Parts {
  tensors: DenseTensors;
  trunk: Trunk;
  graph: OnnxGraph;
  weights: WeightFile;
  multiply: Multiply;
}

/** Values that every layer reads. */
interface Shared {
  cos: string;
  sin: string;
  /** float32 [batch, 1, tokens, tokens]: 0 where a token may look, else the lowest number. */
  mask: string;
}

/**
 * The graph that other tools export of the same weights: `input_ids`, `attention_mask` int64 [batch, tokens] -> `logits` float32
 * [batch, 1], the head at the last token that is no padding (right padding). Each projection is a matrix of its own, attention is
 * MatMul, mask, Softmax, MatMul with the keys repeated for each group of heads, rotary positions are split, negated and joined, as
 * torch.onnx writes a LlamaForSequenceClassification; the norms are the operator that the runtime makes of them at load.
 */
export async function writeStandardExport(
  tensors: DenseTensors,
  trunk: Trunk,
  file: string,
  dtype: ExportDtype,
): Promise<void> {
  const weights = await WeightFile.create(weightsOf(file), basename(weightsOf(file)));
  const graph = new OnnxGraph();
  try {
    await addModel({ tensors, trunk, graph, weights, multiply: EXPORT_ARITHMETIC[dtype](graph, weights) });
  } finally {
    await weights.close();
  }
  await writeFile(file, graph.encode());
}

async function addModel(parts: Parts): Promise<void> {
  const { graph, weights, trunk } = parts;
  const { vocabulary, width, layers } = trunk;
  const ids = graph.input('input_ids', 'int64', ['batch', 'tokens']);
  const attended = graph.input('attention_mask', 'int64', ['batch', 'tokens']);
  const table = valuesOf(parts, 'transformer.embed_tokens.weight');
  const stored = graph.external(await weights.append('embed_tokens', 'float32', [vocabulary, width], table));
  const shared = await addShared(parts, ids, attended);
  let stream = graph.node('Gather', [stored, ids], 'embedded');
  for (let layer = 0; layer < layers; layer++) stream = await addLayer(parts, shared, layer, stream);
  const normed = await addNorm(parts, 'transformer.norm.weight', 'final', stream);
  const head = valuesOf(parts, 'v_head.weight');
  const column = graph.external(await weights.append('v_head', 'float32', [width, 1], head));
  const everywhere = graph.node('MatMul', [normed, column], 'logits_everywhere');
  const lengths = graph.node('ReduceSum', [attended, int64s(graph, 'second_axis', [1])], 'lengths', { keepdims: 1 });
  const last = graph.node('Sub', [lengths, int64s(graph, 'one_each', [1])], 'last');
  const flat = graph.node('Squeeze', [everywhere, int64s(graph, 'third_axis', [2])], 'logits_flat');
  graph.node('GatherElements', [flat, last], 'logits', { axis: 1 });
  graph.output('logits', 'float32', ['batch', 1]);
}

async function addShared({ trunk, graph, weights }: Parts, ids: string, attended: string): Promise<Shared> {
  const { cos, sin, shape } = rotaryTables(trunk);
  const tables = {
    cos: graph.external(await weights.append('rotary_cos', 'float32', shape, cos)),
    sin: graph.external(await weights.append('rotary_sin', 'float32', shape, sin)),
  };
  const tokens = graph.node('Shape', [ids], 'tokens_1', { start: 1, end: 2 });
  const count = graph.node('Squeeze', [tokens], 'tokens_0');
  const positions = graph.node(
    'Range',
    [graph.constant('zero', 'int64', [], [0]), count, graph.constant('one', 'int64', [], [1])],
    'positions',
  );
  const asRow = graph.node('Unsqueeze', [positions, int64s(graph, 'front', [0])], 'positions_row');
  const asColumn = graph.node('Unsqueeze', [positions, int64s(graph, 'back', [1])], 'positions_column');
  const causal = graph.node('LessOrEqual', [asRow, asColumn], 'causal');
  const present = graph.node('Cast', [attended], 'present', { to: 9 });
  const presentKeys = graph.node('Unsqueeze', [present, int64s(graph, 'middle_axes', [1, 2])], 'present_keys');
  const visible = graph.node('And', [causal, presentKeys], 'visible');
  const [open, shut] = [graph.constant('open', 'float32', [], [0]), graph.constant('shut', 'float32', [], [-3.4e38])];
  return {
    cos: graph.node('Gather', [tables.cos, positions], 'cos'),
    sin: graph.node('Gather', [tables.sin, positions], 'sin'),
    mask: graph.node('Where', [visible, open, shut], 'mask'),
  };
}

/** cos and sin of position * theta^(-2i/d), [positions, d]: each half of a head has the same angles. */
function rotaryTables({ maxPositions, headDim, ropeTheta }: Trunk) {
  const half = headDim / 2;
  const angle = (k: number) => Math.floor(k / headDim) / ropeTheta ** ((2 * (k % half)) / headDim);
  const length = maxPositions * headDim;
  return {
    cos: Float32Array.from({ length }, (_, k) => Math.cos(angle(k))),
    sin: Float32Array.from({ length }, (_, k) => Math.sin(angle(k))),
    shape: [maxPositions, headDim],
  };
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
  const { graph, weights, trunk } = parts;
  const { width, normEpsilon: epsilon } = trunk;
  const gain = await weights.append(`${name}.gain`, 'float32', [width], valuesOf(parts, key));
  return graph.node('SimplifiedLayerNormalization', [value, graph.external(gain)], name, { axis: -1, epsilon });
}

async function addAttention(parts: Parts, shared: Shared, key: string, name: string, input: string): Promise<string> {
  const { graph, trunk } = parts;
  const { width, heads, kvHeads, headDim } = trunk;
  const projected = async (which: string, count: number) => {
    const flat = await linear(parts, `${key}.${which}_proj`, `${name}.${which}`, input, count * headDim, width);
    const shape = int64s(graph, `${name}.${which}.heads_shape`, [0, 0, count, headDim]);
    const split = graph.node('Reshape', [flat, shape], `${name}.${which}.split`);
    return graph.node('Transpose', [split], `${name}.${which}.heads`, { perm: [0, 2, 1, 3] });
  };
  const query = addRotation(parts, shared, await projected('q', heads));
  const keys = addRepeat(parts, addRotation(parts, shared, await projected('k', kvHeads)));
  const values = addRepeat(parts, await projected('v', kvHeads));
  const turned = graph.node('Transpose', [keys], `${name}.keys_turned`, { perm: [0, 1, 3, 2] });
  const raw = graph.node('MatMul', [query, turned], `${name}.raw_scores`);
  const factor = graph.constant(`${name}.factor`, 'float32', [], [1 / Math.sqrt(headDim)]);
  const scaled = graph.node('Mul', [raw, factor], `${name}.scaled_scores`);
  const masked = graph.node('Add', [scaled, shared.mask], `${name}.masked_scores`);
  const shares = graph.node('Softmax', [masked], `${name}.shares`, { axis: -1 });
  const mixed = graph.node('MatMul', [shares, values], `${name}.mixed`);
  const joined = graph.node('Transpose', [mixed], `${name}.joined`, { perm: [0, 2, 1, 3] });
  const flat = graph.node('Reshape', [joined, int64s(graph, `${name}.flat_shape`, [0, 0, -1])], `${name}.flat`);
  return linear(parts, `${key}.o_proj`, `${name}.o`, flat, width, heads * headDim);
}

/** x cos + (-second half, first half) sin. */
function addRotation({ graph }: Parts, { cos, sin }: Shared, value: string): string {
  const [first, second] = [`${value}.first`, `${value}.second`];
  graph.split('Split', [value], [first, second], { axis: -1, num_outputs: 2 });
  const negated = graph.node('Neg', [second], `${value}.negated`);
  const swapped = graph.node('Concat', [negated, first], `${value}.swapped`, { axis: -1 });
  const straight = graph.node('Mul', [value, cos], `${value}.straight`);
  const across = graph.node('Mul', [swapped, sin], `${value}.across`);
  return graph.node('Add', [straight, across], `${value}.rotated`);
}

/** Each key/value head once for every query head of its group. */
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

function valuesOf({ tensors }: Parts, name: string): Float32Array<ArrayBuffer> {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`no tensor ${name}`);
  return tensor.values;
}

function int64s(graph: OnnxGraph, name: string, values: readonly number[]): string {
  return graph.constant(name, 'int64', [values.length], values);
}
