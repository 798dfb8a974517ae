import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** The used part of the official tokenizers for Node, which are no dependency, so that their types are not installed. */
export interface RustTokenizer {
  encode(text: string, pair: string | null, options: { addSpecialTokens: boolean }): Promise<Encoding>;
  encodeBatch(texts: string[], options: { addSpecialTokens: boolean }): Promise<Encoding[]>;
  setTruncation(length: number, options: { strategy: 'LongestFirst' }): void;
}

interface Encoding {
  getIds(): number[];
}

export interface RustLibrary {
  Tokenizer: { fromString(json: string): RustTokenizer; fromFile(file: string): RustTokenizer };
}

/** The folder of the package: `FOLDER/tokenizers`. */
export function packageFolder(folder: string): string {
  return join(resolve(folder), 'tokenizers');
}

/** @param folder that holds a folder `tokenizers` */
export function openRust(folder: string): RustLibrary {
  // Without this, batches are encoded on all cores. The library reads the variable when it is loaded.
  process.env.RAYON_NUM_THREADS = '1';
  process.env.TOKENIZERS_PARALLELISM = 'false';
  return createRequire(import.meta.url)(packageFolder(folder));
}

export async function idsOf(tokenizer: RustTokenizer, text: string): Promise<number[]> {
  return (await tokenizer.encode(text, null, { addSpecialTokens: false })).getIds();
}

interface Settings {
  added_tokens: { id: number; special: boolean }[];
  pre_tokenizer: unknown;
  model: {
    type: string;
    unk_token?: string | null;
    vocab: Record<string, number> | [string, number][];
    merges?: unknown;
  };
}

/**
 * tokenizer.json with spellings of special tokens that no text contains. This is the only way to encode text in which special tokens stay
 * text, because the package for Node has no `encode_special_tokens`.
 */
export function withoutSpecials(json: string): string {
  const settings: Settings = JSON.parse(json);
  const special = new Set(settings.added_tokens.filter((token) => token.special).map(({ id }) => id));
  const spelling = (was: string, id: number) => (special.has(id) ? `\u{10FFFD}${id}\u{10FFFD}` : was);
  const { model } = settings;
  if (Array.isArray(model.vocab)) model.vocab = model.vocab.map(([was, score], id) => [spelling(was, id), score]);
  else {
    if (model.unk_token) model.unk_token = spelling(model.unk_token, model.vocab[model.unk_token]);
    model.vocab = Object.fromEntries(Object.entries(model.vocab).map(([was, id]) => [spelling(was, id), id]));
  }
  settings.added_tokens = settings.added_tokens.filter((token) => !token.special);
  return JSON.stringify({ ...settings, post_processor: null });
}
