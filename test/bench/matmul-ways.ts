import type { OnnxGraph } from '../../src/convert/graph/onnx-graph.js';
import type { Arithmetic } from '../../src/convert/quantize/arithmetic.js';
import { fp32Arithmetic } from '../../src/convert/quantize/fp32.js';
import { int8Arithmetic } from '../../src/convert/quantize/int8.js';
import { stacked } from '../../src/convert/quantize/matrix.js';
import type { Weights } from '../../src/convert/weight-file.js';

/** A way to multiply activations by the weights of a layer. */
export interface MatmulWay {
  name: string;
  /** Whether a token's result is independent of other tokens. Otherwise the way cannot be used and is measured only for comparison. */
  exact: boolean;
  arithmetic(graph: OnnxGraph, weights: Weights): Arithmetic;
}

/** Weights are random, so no checkpoint is read. Only the products differ between ways; tables and rotations are those of fp32. */
function way(
  name: string,
  exact: boolean,
  products: (graph: OnnxGraph, weights: Weights) => Pick<Arithmetic, 'input' | 'linear'>,
): MatmulWay {
  return {
    name,
    exact,
    arithmetic: (graph, weights) => ({ ...fp32Arithmetic(graph, weights), ...products(graph, weights) }),
  };
}

/** Scales for which random integers are weights of about 0.02. Larger weights make the softmax compute with slow denormal numbers. */
function scalesOf(count: number, bits: number): Float32Array {
  return new Float32Array(count).fill(0.07 / 2 ** bits);
}

/** A way with integers and one scale a channel: the quantization of activations, and the product. */
function integers(
  input: (graph: OnnxGraph) => Arithmetic['input'],
  product: (
    graph: OnnxGraph,
    operands: { value: string; scale: string; matrix: string; scales: string },
    name: string,
  ) => void,
) {
  return (graph: OnnxGraph, weights: Weights): Pick<Arithmetic, 'input' | 'linear'> => {
    graph.constant('unit', 'float32', [], [1]);
    return {
      input: input(graph),
      async linear(name, layers, { value, scale = '' }) {
        const { rows, columns } = stacked(layers);
        const matrix = graph.external(await weights.append(`${name}.weight`, 'int8', [columns, rows], []));
        const scales = graph.external(await weights.append(`${name}.scale`, 'float32', [rows], scalesOf(rows, 8)));
        product(graph, { value, scale, matrix, scales }, name);
        return name;
      },
    };
  };
}

/** One scale and zero point (u8) for all tokens of a run, by the runtime's own operator. */
const dynamicInput =
  (graph: OnnxGraph): Arithmetic['input'] =>
  (value) => {
    const outputs = [`${value}.u8`, `${value}.scale`, `${value}.zero`];
    graph.split('DynamicQuantizeLinear', [value], outputs, {});
    return { value: outputs[0], scale: outputs[1] };
  };

/** Passes activations on, because the product quantizes them. */
const plainInput = () => (value: string) => ({ value });

function blocks(bits: 4 | 8, size: number): MatmulWay {
  return way(`MatMulNBits, ${bits} bits, blocks of ${size}`, true, (graph, weights) => ({
    input: plainInput(),
    async linear(name, layers, { value }) {
      const { rows: N, columns: K } = stacked(layers);
      const count = Math.ceil(K / size);
      const matrix = await weights.append(`${name}.weight`, 'uint8', [N, count, (size * bits) / 8], []);
      const scales = await weights.append(`${name}.scale`, 'float32', [N * count], scalesOf(N * count, bits));
      graph.microsoft('MatMulNBits', [value, graph.external(matrix), graph.external(scales)], [name], {
        ...{ K, N, bits, block_size: size, accuracy_level: 4 },
      });
      return name;
    },
  }));
}

/** Our quantization with one scale a token, where the scale is multiplied in after the product. */
const ourInput = (graph: OnnxGraph): Arithmetic['input'] => int8Arithmetic(graph, unusedWeights).input;

const unusedWeights: Weights = { append: () => Promise.reject(new Error('no weights here')) };

export const MATMUL_WAYS: readonly MatmulWay[] = [
  way('MatMul, fp32', true, (graph, weights) => ({
    input: plainInput(),
    async linear(name, layers, { value }) {
      const { rows, columns } = stacked(layers);
      const matrix = await weights.append(`${name}.weight`, 'float32', [columns, rows], []);
      return graph.node('MatMul', [value, graph.external(matrix)], name);
    },
  })),
  way(
    'a scale a token, MatMulIntegerToFloat (ours)',
    true,
    integers(ourInput, (graph, { value, scale, matrix, scales }, name) =>
      graph.microsoft('MatMulIntegerToFloat', [value, matrix, scale, scales, 'middle'], [name]),
    ),
  ),
  way(
    'a scale a token, multiplied in after it',
    true,
    integers(ourInput, (graph, { value, scale, matrix, scales }, name) => {
      graph.microsoft('MatMulIntegerToFloat', [value, matrix, 'unit', scales, 'middle'], [`${name}.unscaled`]);
      graph.node('Mul', [`${name}.unscaled`, scale], name);
    }),
  ),
  way(
    'a scale a token, MatMulInteger, Cast, two Mul',
    true,
    integers(ourInput, (graph, { value, scale, matrix, scales }, name) => {
      graph.node('MatMulInteger', [value, matrix, 'middle'], `${name}.int32`);
      graph.node('Cast', [`${name}.int32`], `${name}.float`, { to: 1 });
      graph.node('Mul', [`${name}.float`, scales], `${name}.unscaled`);
      graph.node('Mul', [`${name}.unscaled`, scale], name);
    }),
  ),
  way(
    'a scale a run, DynamicQuantizeLinear, MatMulIntegerToFloat',
    false,
    integers(dynamicInput, (graph, { value, scale, matrix, scales }, name) =>
      graph.microsoft('MatMulIntegerToFloat', [value, matrix, scale, scales, value.replace(/u8$/, 'zero')], [name]),
    ),
  ),
  way(
    'a scale a run, DynamicQuantizeMatMul',
    false,
    integers(plainInput, (graph, { value, matrix, scales }, name) =>
      graph.microsoft('DynamicQuantizeMatMul', [value, matrix, scales], [name]),
    ),
  ),
  blocks(8, 32),
  blocks(8, 128),
  blocks(4, 32),
  blocks(4, 128),
];
