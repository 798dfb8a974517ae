import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrunkConfig } from '../../src/convert/trunk-config.js';
import { Xoshiro128 } from '../../src/measure/bootstrap/xoshiro128.js';
import { type StoredAs, storedValues } from './stored-values.js';

/** A Llama with a few thousand random weights in Hugging Face layout. */
export type Shape = Pick<
  TrunkConfig,
  'layers' | 'width' | 'heads' | 'kvHeads' | 'headDim' | 'feedForward' | 'vocabulary'
>;

export const TINY: Shape = {
  layers: 2,
  width: 96,
  heads: 4,
  kvHeads: 2,
  headDim: 32,
  feedForward: 160,
  vocabulary: 320,
};

export type Tensors = Map<string, { shape: number[]; values: Float32Array }>;

export function randomTensors(shape: Shape, seed = 1): Tensors {
  const random = Xoshiro128.seeded(seed);
  const tensors: Tensors = new Map();
  // A sum of uniform values is close to normal. bfloat16 keeps the upper 16 bits.
  const value = (spread: number) => {
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += random.below(2 ** 20) / 2 ** 20 - 0.5;
    return asBfloat16(sum * spread);
  };
  const add = (name: string, dims: number[], spread: number, centre = 0) => {
    const length = dims.reduce((product, extent) => product * extent, 1);
    tensors.set(name, { shape: dims, values: Float32Array.from({ length }, () => asBfloat16(centre + value(spread))) });
  };
  const { width, heads, kvHeads, headDim, feedForward } = shape;
  add('transformer.embed_tokens.weight', [shape.vocabulary, width], 1);
  for (let layer = 0; layer < shape.layers; layer++) {
    const key = `transformer.layers.${layer}`;
    add(`${key}.input_layernorm.weight`, [width], 0.5, 1);
    add(`${key}.self_attn.q_proj.weight`, [heads * headDim, width], 0.3);
    add(`${key}.self_attn.k_proj.weight`, [kvHeads * headDim, width], 0.3);
    add(`${key}.self_attn.v_proj.weight`, [kvHeads * headDim, width], 0.3);
    add(`${key}.self_attn.o_proj.weight`, [width, heads * headDim], 0.3);
    add(`${key}.post_attention_layernorm.weight`, [width], 0.5, 1);
    add(`${key}.mlp.gate_proj.weight`, [feedForward, width], 0.3);
    add(`${key}.mlp.up_proj.weight`, [feedForward, width], 0.3);
    add(`${key}.mlp.down_proj.weight`, [width, feedForward], 0.3);
  }
  add('transformer.norm.weight', [width], 0.5, 1);
  add('v_head.weight', [1, width], 1);
  return tensors;
}

function asBfloat16(value: number): number {
  const bits = new Uint32Array(new Float32Array([value]).buffer);
  bits[0] &= 0xffff0000;
  return new Float32Array(bits.buffer)[0];
}

/** safetensors: u64 length of the header, the header in JSON, the values. */
export function safetensors(tensors: Tensors, dtype: StoredAs = 'BF16'): Buffer {
  const header: Record<string, unknown> = {};
  let offset = 0;
  const parts: Buffer[] = [];
  for (const [name, { shape, values }] of tensors) {
    const bytes = storedValues(values, dtype);
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, ...parts]);
}

export function configOf(shape: Shape): Record<string, unknown> {
  return {
    model_type: 'llama',
    num_hidden_layers: shape.layers,
    hidden_size: shape.width,
    num_attention_heads: shape.heads,
    num_key_value_heads: shape.kvHeads,
    head_dim: shape.headDim,
    intermediate_size: shape.feedForward,
    vocab_size: shape.vocabulary,
    max_position_embeddings: 128,
    rope_theta: 10000,
    rms_norm_eps: 1e-5,
    hidden_act: 'silu',
  };
}

export async function writeCheckpoint(folder: string, shape = TINY, tensors = randomTensors(shape)): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify(configOf(shape)));
  await writeFile(join(folder, 'tokenizer.json'), '{}');
  await writeFile(join(folder, 'tokenizer_config.json'), '{}');
  await writeFile(join(folder, 'reward.json'), JSON.stringify({ template: 'chatml', max_length: 128 }));
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
  return folder;
}
