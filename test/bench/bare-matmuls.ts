import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { ELEMENT, type Element, OnnxGraph } from '../../src/convert/graph/onnx-graph.js';
import { WeightFile } from '../../src/convert/weight-file.js';
import { weightsOf } from '../../src/model/files.js';
import { type GraphNode, type ModelGraph, readModelGraph } from './model-graph.js';
import type { Trunk } from './trunk.js';

/** A graph of matrix products, and their shapes. */
export interface BareMatmuls {
  file: string;
  flopsPerToken: number;
}

/** Products of smaller matrices (the head, rotations) do not belong to layers. */
const SMALLEST_LAYER = 2 ** 16;

/**
 * Writes a graph with only the matrix products of one run of `modelGraph`, each with its own weights. Those of the last layer above
 * queries, keys and values are left out, because there only one token is computed. Inputs are given; for int8 they are already quantized, with one
 * scale. Only the shapes of the results are outputs, so that no result is copied.
 */
export async function writeBareMatmuls(modelGraph: string, file: string, trunk: Trunk): Promise<BareMatmuls> {
  await mkdir(dirname(file), { recursive: true });
  const model = await readModelGraph(modelGraph);
  const products = productsOf(model, trunk);
  if (products.length === 0) throw new Error(`no matrix products found in ${modelGraph}`);
  const weights = await WeightFile.create(weightsOf(file), basename(weightsOf(file)));
  const graph = new OnnxGraph();
  const inputs = new Set<string>();
  graph.constant('one', 'float32', [], [1]);
  graph.constant('middle', 'uint8', [], [128]);
  const shapes: string[] = [];
  for (const product of products) {
    const name = await addProduct(product, model, graph, weights, inputs);
    shapes.push(graph.node('Shape', [name], `${name}.shape`));
  }
  graph.node('Concat', shapes, 'shapes', { axis: 0 });
  graph.output('shapes', 'int64', ['all']);
  await weights.close();
  await writeFile(file, graph.encode());
  return { file, flopsPerToken: products.reduce((sum, { inner, outer }) => sum + 2 * inner * outer, 0) };
}

interface Product extends GraphNode {
  inner: number;
  outer: number;
}

function productsOf({ nodes, tensors }: ModelGraph, { layers }: Trunk): Product[] {
  const aboveAttention = new RegExp(`^layer${layers - 1}\\.(?!.*[qkv]_proj)`);
  return nodes
    .filter(({ operator, name }) => operator.startsWith('MatMul') && !aboveAttention.test(name))
    .map((node) => {
      const [inner = 0, outer = 0] = tensors.get(node.inputs[1])?.shape ?? [];
      const { K, N } = node.attributes;
      return { ...node, inner: K ?? inner, outer: N ?? outer };
    })
    .filter(({ inner, outer }) => inner * outer >= SMALLEST_LAYER);
}

async function addProduct(
  { operator, inputs: [, ...given], name, attributes, inner }: Product,
  { tensors }: ModelGraph,
  graph: OnnxGraph,
  weights: WeightFile,
  inputs: Set<string>,
): Promise<string> {
  const isInteger = operator.startsWith('MatMulInteger');
  const input = `from_${inner}`;
  if (!inputs.has(input)) graph.input(input, isInteger ? 'uint8' : 'float32', [1, 'tokens', inner]);
  inputs.add(input);
  const stored: string[] = [];
  for (const one of given) {
    const tensor = tensors.get(one);
    // Other inputs are the scale of the tokens or the zero point.
    if (!tensor) stored.push(one === '' ? '' : one === given[given.length - 1] ? 'middle' : 'one');
    else stored.push(graph.external(await weights.append(one, elementOf(tensor.element), tensor.shape, tensor.bytes)));
  }
  if (operator === 'MatMul') return graph.node(operator, [input, ...stored], name);
  graph.microsoft(operator, [input, ...stored], [name], attributes);
  return name;
}

function elementOf(number: number): Element {
  const found = (Object.keys(ELEMENT) as Element[]).find((element) => ELEMENT[element] === number);
  if (found === undefined) throw new Error(`a weight has the element type ${number}`);
  return found;
}
