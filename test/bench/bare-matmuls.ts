import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { TrunkConfig } from '../../src/convert/checkpoint.js';
import { OnnxGraph } from '../../src/convert/onnx-graph.js';
import { WeightFile } from '../../src/convert/weight-file.js';
import { weightsOf } from '../../src/model-files.js';
import { externalTensors } from './external-tensors.js';

/**
 * Writes a graph of nothing but the matrix products of one run of `modelGraph`, each with its own weights: every layer's, and of the
 * last layer only queries, keys and values, since above them one token is computed. The inputs are given, in int8 already quantized; of the
 * results only the shape is looked at, so that nothing is copied out.
 */
export async function writeBareMatmuls(
  modelGraph: string,
  file: string,
  dtype: 'fp32' | 'int8',
  trunk: TrunkConfig,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const stored = await externalTensors(modelGraph);
  const weights = await WeightFile.create(weightsOf(file), basename(weightsOf(file)));
  const graph = new OnnxGraph();
  const element = dtype === 'int8' ? 'uint8' : 'float32';
  const inputs = new Map(
    [...new Set(productsOf(trunk).map(({ inner }) => inner))].map((inner) => [
      inner,
      graph.input(`from_${inner}`, element, [1, 'tokens', inner]),
    ]),
  );
  const middle = graph.constant('middle', 'uint8', [], [128]);
  const one = graph.constant('one', 'float32', [], [1]);
  const shapes: string[] = [];
  for (const { name, inner, outer } of productsOf(trunk)) {
    const input = inputs.get(inner) ?? '';
    const { bytes } = stored(`${name}.weight`);
    const kind = dtype === 'int8' ? 'int8' : 'float32';
    const matrix = graph.external(await weights.append(`${name}.weight`, kind, [inner, outer], bytes));
    if (dtype === 'int8') {
      const { bytes: scales } = stored(`${name}.scale`);
      const channels = graph.external(await weights.append(`${name}.scale`, 'float32', [outer], scales));
      graph.microsoft('MatMulIntegerToFloat', [input, matrix, one, channels, middle], [name]);
    } else {
      graph.node('MatMul', [input, matrix], name);
    }
    shapes.push(graph.node('Shape', [name], `${name}.shape`));
  }
  graph.node('Concat', shapes, 'shapes', { axis: 0 });
  graph.output('shapes', 'int64', ['all']);
  await weights.close();
  await writeFile(file, graph.encode());
}

/** Floating-point operations of a run of that graph. */
export function bareFlops(tokens: number, trunk: TrunkConfig): number {
  return productsOf(trunk).reduce((sum, { inner, outer }) => sum + 2 * tokens * inner * outer, 0);
}

function productsOf({ layers, width, heads, kvHeads, headDim, feedForward }: TrunkConfig) {
  const products: { name: string; inner: number; outer: number }[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const add = (which: string, inner: number, outer: number) =>
      products.push({ name: `layer${layer}.${which}_proj`, inner, outer });
    add('qkv', width, (heads + 2 * kvHeads) * headDim);
    if (layer === layers - 1) break;
    add('o', heads * headDim, width);
    add('gate_up', width, 2 * feedForward);
    add('down', feedForward, width);
  }
  return products;
}
