import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { convert } from '../../src/convert/convert.js';
import { configOf, type Shape, TINY, writeCheckpoint } from '../convert/tiny-checkpoint.js';
import { tempFolder } from '../temp-folder.js';

const BYTES = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
const SHAPE: Shape = { ...TINY, layers: 1, width: 64, heads: 4, kvHeads: 1, headDim: 16, feedForward: 64 };
/** Longest text, in tokens. */
const MAX_LENGTH = 2048;

/** A chat template for `byteModel` that refuses the prompt of rows that ask `Refuse!`. */
export const REFUSING_TEMPLATE = [
  '{% for message in messages %}',
  "{% if message.content == 'Refuse!' %}{{ raise_exception('it is not to be asked') }}{% endif %}",
  '<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n',
  '{% endfor %}',
].join('');

/** What a checkpoint of `writeByteCheckpoint` says of itself. */
export interface ByteCheckpoint {
  /** Special tokens, whose ids come before those of the bytes. */
  special: readonly string[];
  /** Of config.json. */
  config?: object;
  /** reward.json. */
  reward?: object;
  /** tokenizer_config.json. */
  settings: object;
}

/**
 * A model folder with random weights and one token per byte, for runs that need rewards to depend on every byte of prompt and answer, and
 * nothing else of them. It loads and runs in a fraction of the embedded model's time.
 */
export async function byteModel(): Promise<string> {
  const folder = tempFolder();
  const checkpoint = join(folder, 'checkpoint');
  await writeByteCheckpoint(checkpoint, {
    special: ['<|endoftext|>', '<|im_start|>', '<|im_end|>'],
    reward: { template: 'chatml', max_length: MAX_LENGTH },
    settings: { eos_token: '<|im_end|>' },
  });
  const model = join(folder, 'model');
  await convert({ checkpoint, folder: model, dtypes: ['int8'], overrides: {} });
  return model;
}

/** A checkpoint of random weights whose tokenizer has a token a byte. */
export async function writeByteCheckpoint(
  folder: string,
  { special, config, reward = {}, settings }: ByteCheckpoint,
): Promise<void> {
  await writeCheckpoint(folder, SHAPE);
  const files = {
    'config.json': { ...configOf(SHAPE), max_position_embeddings: MAX_LENGTH, ...config },
    'reward.json': reward,
    'tokenizer.json': byteTokenizer(special),
    'tokenizer_config.json': settings,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), JSON.stringify(content));
  }
}

function byteTokenizer(special: readonly string[]): object {
  return {
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: null,
    pre_tokenizer: null,
    model: {
      type: 'BPE',
      byte_fallback: true,
      fuse_unk: false,
      unk_token: null,
      vocab: Object.fromEntries([...special, ...BYTES].map((spelling, id) => [spelling, id])),
      merges: [],
    },
  };
}
