import { ATTENTION, FEED_FORWARD, type Linear } from '../families/family.js';
import type { TrunkConfig } from '../trunk-config.js';

/** A tensor by the name that `RewardTensors` gives it. */
export interface ListedTensor {
  name: string;
  shape: readonly number[];
}

/** All tensors of a trunk with a head, in the order of computation. */
export function tensorList(trunk: TrunkConfig, headBias: boolean): ListedTensor[] {
  const { vocabulary, width, layers } = trunk;
  return [
    { name: 'embed_tokens.weight', shape: [vocabulary, width] },
    ...Array.from({ length: layers }, (_, layer) => layerTensors(trunk, `layers.${layer}`)).flat(),
    { name: 'norm.weight', shape: [width] },
    { name: 'head.weight', shape: [1, width] },
    ...(headBias ? [{ name: 'head.bias', shape: [1] }] : []),
  ];
}

function layerTensors(trunk: TrunkConfig, key: string): ListedTensor[] {
  const { width, headDim, biased, family } = trunk;
  const norms = family.normedHeads ? ['q_norm', 'k_norm'] : [];
  return [
    { name: `${key}.attention_norm.weight`, shape: [width] },
    ...norms.map((norm) => ({ name: `${key}.${norm}.weight`, shape: [headDim] })),
    { name: `${key}.forward_norm.weight`, shape: [width] },
    ...[...ATTENTION, ...FEED_FORWARD].flatMap((part) => {
      const shape = linearShape(trunk, part);
      const bias = biased.has(part) ? [{ name: `${key}.${part}.bias`, shape: shape.slice(0, 1) }] : [];
      return [{ name: `${key}.${part}.weight`, shape }, ...bias];
    }),
  ];
}

/** The shape of a linear layer's weights: [outputs, inputs]. */
export function linearShape({ width, heads, kvHeads, headDim, feedForward }: TrunkConfig, part: Linear) {
  const shapes: Record<Linear, readonly [number, number]> = {
    q_proj: [heads * headDim, width],
    k_proj: [kvHeads * headDim, width],
    v_proj: [kvHeads * headDim, width],
    o_proj: [width, heads * headDim],
    gate_proj: [feedForward, width],
    up_proj: [feedForward, width],
    down_proj: [width, feedForward],
  };
  return shapes[part];
}
