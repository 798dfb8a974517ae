import { OnnxGraph } from '../graph/onnx-graph.js';

/** A graph of one node: `input` [n, k] times the transpose of `weights` [m, k] is `product` [n, m]. */
export function productGraph(): Uint8Array {
  const graph = new OnnxGraph();
  graph.input('input', 'float32', ['n', 'k']);
  graph.input('weights', 'float32', ['m', 'k']);
  graph.node('Gemm', ['input', 'weights'], 'product', { transB: 1 });
  graph.output('product', 'float32', ['n', 'm']);
  return graph.encode();
}
