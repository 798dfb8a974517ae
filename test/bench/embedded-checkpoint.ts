import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrunkConfig } from '../../src/convert/checkpoint.js';
import { turnedCheckpoint } from '../../src/convert/rotation.js';
import { COMMON_FILES, GRAPHS } from '../../src/model-files.js';
import { safetensors, type Tensors } from '../convert/tiny-checkpoint.js';
import { MODEL } from '../root.js';
import { externalTensors, type RawTensor } from './external-tensors.js';

type Stored = (name: string) => RawTensor;
type Values = Float32Array<ArrayBuffer>;

/**
 * Writes the embedded int8 model back as a Hugging Face checkpoint in bfloat16, for contenders that do not know our int8: the
 * integers times their scales, with the rotation undone. Only its time matters, but its rewards are near those of the embedded
 * model, so that a contender that computes something else is noticed.
 */
export async function writeEmbeddedCheckpoint(folder: string): Promise<void> {
  const trunk = embeddedTrunk(JSON.parse(await readFile(join(MODEL, 'config.json'), 'utf8')));
  const stored = await externalTensors(join(MODEL, GRAPHS.int8));
  // The gains lie in the weights, so turning the turned weights once more gives the plain ones: the rotation is its own inverse.
  const plain = turnedCheckpoint({
    folder,
    trunk,
    reward: {},
    tensor: async (name, shape) => turnedValues(stored, trunk, name, shape),
    unused: () => [],
    close: async () => {},
  });
  const tensors: Tensors = new Map();
  for (const [name, shape] of shapesOf(trunk)) {
    tensors.set(name, { shape, values: await plain.tensor(name, shape) });
  }
  await mkdir(folder, { recursive: true });
  for (const name of COMMON_FILES) await copyFile(join(MODEL, name), join(folder, name));
  await copyFile(join(MODEL, 'reward.json'), join(folder, 'reward.json'));
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
}

/** The shape of the trunk, from a config.json in which nothing is left to defaults. */
export function embeddedTrunk(config: Record<string, number>): TrunkConfig {
  return {
    layers: config.num_hidden_layers,
    width: config.hidden_size,
    heads: config.num_attention_heads,
    kvHeads: config.num_key_value_heads,
    headDim: config.head_dim,
    feedForward: config.intermediate_size,
    vocabulary: config.vocab_size,
    maxPositions: config.max_position_embeddings,
    ropeTheta: config.rope_theta,
    normEpsilon: config.rms_norm_eps,
  };
}

function shapesOf({ layers, width, heads, kvHeads, headDim, feedForward, vocabulary }: TrunkConfig) {
  const shapes: [string, number[]][] = [['transformer.embed_tokens.weight', [vocabulary, width]]];
  for (let layer = 0; layer < layers; layer++) {
    const key = `transformer.layers.${layer}`;
    shapes.push(
      [`${key}.input_layernorm.weight`, [width]],
      [`${key}.self_attn.q_proj.weight`, [heads * headDim, width]],
      [`${key}.self_attn.k_proj.weight`, [kvHeads * headDim, width]],
      [`${key}.self_attn.v_proj.weight`, [kvHeads * headDim, width]],
      [`${key}.self_attn.o_proj.weight`, [width, heads * headDim]],
      [`${key}.post_attention_layernorm.weight`, [width]],
      [`${key}.mlp.gate_proj.weight`, [feedForward, width]],
      [`${key}.mlp.up_proj.weight`, [feedForward, width]],
      [`${key}.mlp.down_proj.weight`, [width, feedForward]],
    );
  }
  shapes.push(['transformer.norm.weight', [width]], ['v_head.weight', [1, width]]);
  return shapes;
}

/** A tensor of the checkpoint as the int8 graph holds it: turned, and with the gains in the weights. */
function turnedValues(stored: Stored, trunk: TrunkConfig, name: string, [rows, columns]: readonly number[]): Values {
  if (/norm\.weight$/.test(name)) return new Float32Array(rows).fill(1);
  if (name === 'v_head.weight') return floats(stored('v_head'));
  if (name === 'transformer.embed_tokens.weight') return embedding(stored);
  const { layer, projection } = /layers\.(?<layer>\d+)\.\w+\.(?<projection>\w+)_proj/.exec(name)?.groups ?? {};
  const [fused, first] = placeOf(projection, trunk);
  const matrix = stored(`layer${layer}.${fused}_proj.weight`);
  const scales = floats(stored(`layer${layer}.${fused}_proj.scale`));
  const integers = new Int8Array(matrix.bytes.buffer);
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const channel = first + row;
    for (let i = 0; i < columns; i++) {
      values[row * columns + i] = integers[i * scales.length + channel] * scales[channel];
    }
  }
  return values;
}

/** In which matrix of the graph a projection lies, and at which of its output channels it begins. */
function placeOf(projection: string, { heads, kvHeads, headDim, feedForward }: TrunkConfig): [string, number] {
  if (projection === 'q') return ['qkv', 0];
  if (projection === 'k') return ['qkv', heads * headDim];
  if (projection === 'v') return ['qkv', (heads + kvHeads) * headDim];
  if (projection === 'gate') return ['gate_up', 0];
  if (projection === 'up') return ['gate_up', feedForward];
  return [projection, 0];
}

function embedding(stored: Stored): Values {
  const integers = new Int8Array(stored('embed_tokens').bytes.buffer);
  const scales = halves(stored('embed_tokens.scale'));
  const block = integers.length / scales.length;
  return Float32Array.from(integers, (integer, i) => integer * scales[Math.floor(i / block)]);
}

function floats({ bytes }: RawTensor): Values {
  return new Float32Array(bytes.buffer);
}

/** IEEE 754 binary16, of which scales use only positive normal and subnormal numbers. */
function halves({ bytes }: RawTensor): Values {
  return Float32Array.from(new Uint16Array(bytes.buffer), (half) => {
    const exponent = half >> 10;
    const fraction = half & 0x3ff;
    return exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  });
}
