import type { Linear } from '../families/family.js';
import type { Arithmetic, LinearInput } from '../quantize/arithmetic.js';
import type { RewardTensors } from '../reward-tensors.js';
import type { Weights } from '../weight-file.js';
import type { OnnxGraph } from './onnx-graph.js';

/** The sources and targets of the graph builder. */
export interface GraphParts {
  checkpoint: RewardTensors;
  graph: OnnxGraph;
  weights: Weights;
  arithmetic: Arithmetic;
  /** Whether positions and an attention bias are inputs of the graph. The readout `card` needs them. */
  placed: boolean;
}

/** One of the linear layers that are fused into one product: its name and the shape of its weight. */
export interface LinearShape {
  part: Linear;
  rows: number;
  columns: number;
}

/**
 * Adds fused linear layers: `input` times the concatenated weights, plus their biases if any. Returns [1, S, sum of rows] float32.
 * @param key `layers.N`
 * @param name of the product in the graph
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

/**
 * Adds a small float32 tensor of the checkpoint.
 * @param stored its shape in the graph, with the same number of values
 */
export async function addVector(
  { checkpoint, graph, weights }: GraphParts,
  key: string,
  name: string,
  shape: readonly number[],
  stored = shape,
): Promise<string> {
  return graph.external(await weights.append(name, 'float32', stored, await checkpoint.vector(key, shape)));
}
