import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convert } from '../../src/convert/convert.js';
import { configOf, type Shape, TINY, writeCheckpoint } from '../convert/tiny-checkpoint.js';
import { tempFolder } from '../temp-folder.js';

const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const SHAPE: Shape = { ...TINY, layers: 1, width: 64, heads: 4, kvHeads: 1, headDim: 16, feedForward: 64 };
/** In tokens. */
const MAX_LENGTH = 2048;

/**
 * A small model folder with random weights and one token a byte, for tests that need only rewards that depend on every byte of prompt and
 * answer. It loads and runs in a fraction of the embedded model's time.
 */
export async function byteModel(): Promise<string> {
  const folder = tempFolder();
  const checkpoint = await writeCheckpoint(join(folder, 'checkpoint'), SHAPE);
  const files = {
    'config.json': { ...configOf(SHAPE), max_position_embeddings: MAX_LENGTH },
    'reward.json': { template: 'chatml', max_length: MAX_LENGTH },
    'tokenizer.json': byteTokenizer(),
    'tokenizer_config.json': { eos_token: '<|im_end|>' },
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(checkpoint, name), JSON.stringify(content));
  }
  const model = join(folder, 'model');
  await convert({ checkpoint, folder: model, dtypes: ['int8'], overrides: {} });
  return model;
}

function byteTokenizer(): object {
  return {
    added_tokens: SPECIAL.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: null,
    pre_tokenizer: null,
    model: {
      type: 'BPE',
      byte_fallback: true,
      fuse_unk: false,
      unk_token: null,
      vocab: Object.fromEntries([...SPECIAL, ...BYTES].map((spelling, id) => [spelling, id])),
      merges: [],
    },
  };
}
