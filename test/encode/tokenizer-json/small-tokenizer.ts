import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../temp-folder.js';

/** Changes to the top-level keys of tokenizer.json. */
export interface SmallChanges {
  added_tokens?: unknown;
  normalizer?: unknown;
  pre_tokenizer?: unknown;
  model?: Record<string, unknown>;
}

export const SMALL_VOCAB = ['<unk>', '<s>', '</s>', '<', 's', '>', '/', 'a', 'b', ' ', '<s', '</', 's>', 'ab', 'é'];

/** An entry of `added_tokens`. */
export const smallAdded = (content: string, flags: object = {}) => ({
  id: SMALL_VOCAB.indexOf(content),
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
  ...flags,
});

/** Writes a tokenizer of 15 tokens whose merges spell its special tokens. @returns the folder */
export function writeSmallTokenizer(changes: SmallChanges = {}, config: object = { bos_token: '<s>' }): string {
  const model = {
    type: 'BPE',
    unk_token: '<unk>',
    fuse_unk: false,
    byte_fallback: false,
    vocab: Object.fromEntries(SMALL_VOCAB.map((spelling, id) => [spelling, id])),
    merges: ['< s', '<s >', '< /', 's >', '</ s>', 'a b'],
    ...changes.model,
  };
  const added_tokens = ['<unk>', '<s>', '</s>'].map((content) => smallAdded(content));
  return writeTokenizer(
    JSON.stringify({ added_tokens, normalizer: null, pre_tokenizer: null, ...changes, model }),
    JSON.stringify(config),
  );
}

/** Writes the two files into a new folder. @returns the folder */
export function writeTokenizer(tokenizer: string, config: string): string {
  const folder = tempFolder();
  writeFileSync(join(folder, 'tokenizer.json'), tokenizer);
  writeFileSync(join(folder, 'tokenizer_config.json'), config);
  return folder;
}
