import { RUN_MULTIPLE } from '../../model/graph-contract.js';
import {
  addGroupedAttention,
  addHeadNorms,
  addParts,
  addProjections,
  allOf,
  CACHED,
  type Positions,
  pastInput,
} from './attention.js';
import type { GraphParts } from './graph-parts.js';

/**
 * The last layer's attention for the query at `readout` alone: [1, 1, heads * head size]. The keys and values of all tokens are passed to
 * the operator as its cache, without new ones. A graph with `placed` cannot use it.
 * @param readout int64 [1]: an index into this run
 */
export async function addReadoutAttention(
  parts: GraphParts,
  positions: Positions,
  layer: number,
  normed: string,
  readout: string,
): Promise<string> {
  const { graph, checkpoint } = parts;
  const { kvHeads, headDim, family } = checkpoint.trunk;
  const { past, cos, sin } = positions;
  const pair = addPair(parts, past, readout);
  const ofRun = addParts(parts, layer, await addProjections(parts, layer, normed));
  let query = graph.node('Slice', [ofRun.query, pair.start, pair.end, pair.axis], `${ofRun.query}.pair`);
  let { key } = ofRun;
  if (family.normedHeads) [query, key] = await addHeadNorms(parts, layer, query, key);
  const placed = `${key}.placed`;
  graph.microsoft('RotaryEmbedding', [key, past, cos, sin], [placed]);
  addAll(parts, layer, 'key', placed);
  addAll(parts, layer, 'value', ofRun.value);
  const none = graph.constant('no_heads', 'float32', [1, 0, kvHeads * headDim], []);
  const all = CACHED.map((part) => allOf(layer, part));
  const outputs = [`${query}.attended`, ...all.map((name) => `${name}.same`)];
  addGroupedAttention(
    parts,
    layer,
    [query, none, none, ...all, pair.lastPosition, pair.total, cos, sin],
    outputs,
    true,
  );
  return graph.node('Gather', [outputs[0], pair.place], `layer${layer}.attended`, { axis: 1 });
}

/**
 * The range of RUN_MULTIPLE tokens around `readout`, and its lengths for the operator. A single query would run through kernels that add in
 * another order.
 */
function addPair({ graph }: GraphParts, past: string, readout: string) {
  const multiple = graph.constant('run_multiple', 'int64', [1], [RUN_MULTIPLE]);
  const place = graph.node('Mod', [readout, multiple], 'place_in_pair');
  const start = graph.node('Sub', [readout, place], 'pair_start');
  const end = graph.node('Add', [start, multiple], 'pair_end');
  const axis = graph.constant('run_axis', 'int64', [1], [1]);
  const total64 = graph.node('Add', [past, end], 'pair_total_int64');
  const total1 = graph.node('Cast', [total64], 'pair_total_1', { to: 6 });
  const less = graph.constant('pair_less', 'int32', [1], [1]);
  const lastPosition = graph.node('Sub', [total1, less], 'pair_last_position');
  return { place, start, end, axis, lastPosition, total: graph.node('Squeeze', [total1], 'pair_total') };
}

/** Concatenates the layer's cache and the keys or values of the run. `ofRun` [1, S, kv heads * head size] is split into heads first. */
function addAll({ graph, checkpoint }: GraphParts, layer: number, part: string, ofRun: string): void {
  const { kvHeads, headDim } = checkpoint.trunk;
  const shape = graph.constant(`layer${layer}.${part}_shape`, 'int64', [4], [0, 0, kvHeads, headDim]);
  const heads = graph.node('Reshape', [ofRun, shape], `${ofRun}.by_head`);
  const headsFirst = graph.node('Transpose', [heads], `${ofRun}.heads_first`, { perm: [0, 2, 1, 3] });
  graph.node('Concat', [pastInput(graph, checkpoint.trunk, layer, part), headsFirst], allOf(layer, part), { axis: 2 });
}
