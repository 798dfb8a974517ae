import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convert } from '../../src/convert/convert.js';
import { configOf, randomTensors, type Tensors, TINY, writeCheckpoint } from '../convert/tiny-checkpoint.js';
import { writeSmallTokenizer } from '../encode/tokenizer-json/small-tokenizer.js';
import { tempFolder } from '../temp-folder.js';

export interface TinyChanges {
  /** Changes to config.json. */
  config?: object;
  /** Changes to reward.json. */
  reward?: object;
  /** The content of tokenizer_config.json. */
  settings?: object;
  /** Changes tensors in place. */
  tensors?: (tensors: Tensors) => void;
}

/** Writes a model folder of random fp32 weights with a tokenizer of 15 tokens, BOS included. @returns the folder */
export async function tinyModel(changes: TinyChanges = {}): Promise<string> {
  const { config, reward, settings = { bos_token: '<s>', eos_token: '</s>' } } = changes;
  const tensors = randomTensors(TINY);
  changes.tensors?.(tensors);
  const checkpoint = await writeCheckpoint(join(tempFolder(), 'tiny'), TINY, tensors);
  const write = (name: string, value: object) => writeFileSync(join(checkpoint, name), JSON.stringify(value));
  const tokenizer = writeSmallTokenizer({}, settings);
  for (const name of readdirSync(tokenizer)) writeFileSync(join(checkpoint, name), readFileSync(join(tokenizer, name)));
  write('config.json', { ...configOf(TINY), bos_token_id: 1, eos_token_id: [2, 7], ...config });
  write('reward.json', { template: 'llama-2-ppo', add_bos: true, max_length: 128, ...reward });
  const folder = join(tempFolder(), 'model');
  await convert({ checkpoint, folder, dtypes: ['fp32'], overrides: {} });
  return folder;
}
