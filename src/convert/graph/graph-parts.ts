import type { Linear } from '../families/family.js';
import type { Arithmetic, LinearInput } from '../quantize/arithmetic.js';
import type { RewardTensors } from '../reward-tensors.js';
import type { Weights } from '../weight-file.js';
import type { OnnxGraph } from './onnx-graph.js';

/** What the graph is built from and written to. */
export interface GraphParts {
  checkpoint: RewardTensors;
  graph: OnnxGraph;
  weights: Weights;
  arithmetic: Arithmetic;
  /** Whether the graph is told the position of each token, and what no token may attend to: the readout `card` needs it. */
  placed: boolean;
}

/** One of the linear layers that are fused: its name in its layer and its shape. */
export interface LinearShape {
  part: Linear;
  rows: number;
  columns: number;
}

/**
 * `input` times the linear layers `shapes` of `layers.N`, side by side, plus their biases where they have any.
 * @param key `layers.N`
 */
export async function addLinear(
  parts: GraphParts,
  key: string,
  name: string,
  shapes: readonly LinearShape[],
  input: LinearInput,
): Promise<string> {
  const { checkpoint, arithmetic, graph } = parts;
  const matrices = [];
  for (const { part, rows, columns } of shapes)
    matrices.push(await checkpoint.matrix(`${key}.${part}.weight`, rows, columns));
  const product = await arithmetic.linear(name, matrices, input);
  if (!shapes.some(({ part }) => checkpoint.trunk.biased.has(part))) return product;
  return graph.node('Add', [product, await fusedBias(parts, key, name, shapes)], `${name}.biased`);
}

async function fusedBias(
  { checkpoint, graph, weights }: GraphParts,
  key: string,
  name: string,
  shapes: readonly LinearShape[],
) {
  const length = shapes.reduce((sum, { rows }) => sum + rows, 0);
  const fused = new Float32Array(length);
  let offset = 0;
  for (const { part, rows } of shapes) {
    if (checkpoint.trunk.biased.has(part)) fused.set(await checkpoint.vector(`${key}.${part}.bias`, [rows]), offset);
    offset += rows;
  }
  return graph.external(await weights.append(`${name}.bias`, 'float32', [length], fused));
}

/** A small float32 tensor that is stored as it is, in another shape of as many values if asked. */
export async function addVector(
  { checkpoint, graph, weights }: GraphParts,
  key: string,
  name: string,
  shape: readonly number[],
  stored = shape,
): Promise<string> {
  return graph.external(await weights.append(name, 'float32', stored, await checkpoint.vector(key, shape)));
}
