import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configOf, randomTensors, type Shape, safetensors } from '../convert/tiny-checkpoint.js';
import { MODEL } from '../root.js';

/** Small, with heads of a size that vLLM's attention has, and the tokenizer of the embedded model. */
const SHAPE: Shape = {
  layers: 4,
  width: 256,
  heads: 4,
  kvHeads: 2,
  headDim: 64,
  feedForward: 512,
  vocabulary: 49_152,
};

/** Writes a checkpoint of random weights with Starling's names of tensors. Qwen2 has biases in its attention. */
export async function writeRandomCheckpoint(folder: string, type: 'mistral' | 'qwen2'): Promise<string> {
  await mkdir(folder, { recursive: true });
  const tensors = randomTensors(SHAPE, type === 'mistral' ? 3 : 4);
  if (type === 'qwen2') {
    for (let layer = 0; layer < SHAPE.layers; layer++) {
      for (const [part, heads] of [
        ['q_proj', SHAPE.heads],
        ['k_proj', SHAPE.kvHeads],
        ['v_proj', SHAPE.kvHeads],
      ] as const) {
        const values = Float32Array.from({ length: heads * SHAPE.headDim }, (_, i) => ((i * 37) % 64) / 64 - 0.5);
        tensors.set(`transformer.layers.${layer}.self_attn.${part}.bias`, { shape: [values.length], values });
      }
    }
  }
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) await copyFile(join(MODEL, name), join(folder, name));
  const config = { ...configOf(SHAPE), model_type: type, max_position_embeddings: 2048, sliding_window: null };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(folder, 'reward.json'), JSON.stringify({ template: 'chatml', max_length: 2048 }));
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
  return folder;
}
