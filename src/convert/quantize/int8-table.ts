import { StarlingError } from '../../contracts/errors.js';
import type { OnnxGraph } from '../graph/onnx-graph.js';
import type { Weights } from '../weight-file.js';
import { fromBlocks, type StoredMatrix } from './matrix.js';
import { BLOCK, quantizeBlocks } from './quantize.js';

/**
 * Stores a [vocabulary, width] table in int8 blocks and looks `ids` up in it. Returns [1, S, width] float32.
 * @throws StarlingError E_CHECKPOINT when the width is not a multiple of the block size
 */
export async function addInt8Table(
  graph: OnnxGraph,
  weights: Weights,
  stored: StoredMatrix,
  ids: string,
): Promise<string> {
  const { rows, columns } = stored;
  if (columns % BLOCK !== 0) {
    throw new StarlingError(
      'E_CHECKPOINT',
      `a width of ${columns} cannot be stored as int8; expected a multiple of ${BLOCK}, or the dtype fp32`,
    );
  }
  const scales: Uint16Array[] = [];
  const integers = fromBlocks(stored, ({ values }) => {
    const quantized = quantizeBlocks(values);
    scales.push(quantized.scales);
    return quantized.integers;
  });
  const table = graph.external(await weights.append('embed_tokens', 'int8', [rows, columns], integers));
  const table_scales = graph.external(
    await weights.append('embed_tokens.scale', 'float16', [rows, columns / BLOCK], scales),
  );
  const found = graph.node('Gather', [table, ids], 'embedded_int8');
  const halves = graph.node('Gather', [table_scales, ids], 'embedded_scale_fp16');
  const scale = graph.node('Cast', [halves], 'embedded_scale', { to: 1 });
  return graph.node('DequantizeLinear', [found, scale], 'embedded', { axis: -1, block_size: BLOCK });
}
