import type { Arithmetic } from '../quantize/arithmetic.js';
import { blockOf, hadamard } from '../quantize/rotation.js';
import type { Weights } from '../weight-file.js';
import type { OnnxGraph } from './onnx-graph.js';

/**
 * The rotation at run time (see `rotatedCheckpoint`): multiplies each block of a value [1, S, width] by the Hadamard matrix.
 * Node names keep their first spelling (`turned`), so that converted graphs keep their digests.
 */
export function rotationNodes(graph: OnnxGraph, weights: Weights): Arithmetic['rotated'] {
  const rotations = new Set<string>();
  const rotation = async (block: number) => {
    const name = `rotation_${block}`;
    if (!rotations.has(name)) {
      rotations.add(name);
      graph.external(await weights.append(name, 'float32', [block, block], hadamard(block).values));
    }
    return name;
  };
  const merged = graph.constant('merged_shape', 'int64', [3], [0, 0, -1]);
  return async (value, width) => {
    const block = blockOf(width);
    const shape = graph.constant(`${value}.block_shape`, 'int64', [4], [0, 0, -1, block]);
    const blocks = graph.node('Reshape', [value, shape], `${value}.blocks`);
    const rotated = graph.node('MatMul', [blocks, await rotation(block)], `${value}.turned_blocks`);
    return graph.node('Reshape', [rotated, merged], `${value}.turned`);
  };
}
