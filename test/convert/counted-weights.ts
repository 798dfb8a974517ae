import type { Shape, Tensors } from './tiny-checkpoint.js';

/** The shape of the model that test/oracles/pytorch.py saves. */
export const COUNTED: Shape = {
  layers: 1,
  width: 32,
  heads: 2,
  kvHeads: 1,
  headDim: 16,
  feedForward: 32,
  vocabulary: 40,
};

const LAYER = 'transformer.layers.0.';
const SHAPES: [string, number[]][] = [
  ['transformer.embed_tokens.weight', [40, 32]],
  [`${LAYER}input_layernorm.weight`, [32]],
  [`${LAYER}self_attn.q_proj.weight`, [32, 32]],
  [`${LAYER}self_attn.k_proj.weight`, [16, 32]],
  [`${LAYER}self_attn.v_proj.weight`, [16, 32]],
  [`${LAYER}self_attn.o_proj.weight`, [32, 32]],
  [`${LAYER}post_attention_layernorm.weight`, [32]],
  [`${LAYER}mlp.gate_proj.weight`, [32, 32]],
  [`${LAYER}mlp.up_proj.weight`, [32, 32]],
  [`${LAYER}mlp.down_proj.weight`, [32, 32]],
  ['transformer.norm.weight', [32]],
  ['v_head.weight', [1, 32]],
];

/**
 * Value i of tensor t is n / 256 with n = (1000003 t + 7919 i) mod 257 - 128; of a gain, 1 + (n mod 64) / 64. All are exact in all float
 * types.
 */
export function countedWeights(): Tensors {
  return new Map(
    SHAPES.map(([name, shape], t) => {
      const length = shape.reduce((product, extent) => product * extent, 1);
      const numbers = Array.from({ length }, (_, i) => ((1000003 * t + 7919 * i) % 257) - 128);
      const gain = (number: number) => 1 + (((number % 64) + 64) % 64) / 64;
      const values = Float32Array.from(numbers, (number) => (shape.length === 1 ? gain(number) : number / 256));
      return [name, { shape, values }];
    }),
  );
}
