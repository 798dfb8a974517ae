import { join } from 'node:path';
import type { ReadText } from '../json/file-text.js';
import { isObject, type JsonObject } from '../json/json-object.js';
import { tokenSpelling } from './token-spelling.js';

/** The values of a model folder's JSON files that checks need. Absent values and values of another type are left out. */
export interface ModelJson {
  /** The ids of BOS, EOS and padding in config.json, and their tokens in tokenizer_config.json. */
  special: Record<'bos' | 'eos' | 'pad', { id?: number; token?: string }>;
  /** Rows of the embedding, from config.json. */
  vocabularySize?: number;
  /** `add_bos_token` of tokenizer_config.json: whether other programs set BOS before a text. */
  tokenizerAddsBos?: boolean;
  /** Token ids by spelling. */
  ids: Map<string, number>;
  /** Spellings of the tokens that tokenizer.json marks as special. */
  specialTokens: string[];
  /** Bytes of one token in the KV cache; 0 for a graph without a cache. */
  cachePerToken: number;
}

const BYTES_OF_FLOAT32 = 4;

/** Reads config.json, tokenizer.json, tokenizer_config.json and, if it exists, reward.json. The caller has checked the files. */
export async function readModelJson(folder: string, read: ReadText): Promise<ModelJson> {
  const [reward, config, tokenizer, settings] = await Promise.all(
    ['reward.json', 'config.json', 'tokenizer.json', 'tokenizer_config.json'].map((name) =>
      objectIn(join(folder, name), read),
    ),
  );
  const added = list(tokenizer.added_tokens).map(object);
  const vocabulary = spellingsOf(object(tokenizer.model).vocab);
  const tokens = added.map(({ content, id }) => [content, id] as const);
  return {
    special: {
      bos: specialOf('bos', config, settings),
      eos: specialOf('eos', config, settings),
      pad: specialOf('pad', config, settings),
    },
    vocabularySize: number(config.vocab_size),
    tokenizerAddsBos: typeof settings.add_bos_token === 'boolean' ? settings.add_bos_token : undefined,
    ids: new Map(
      [...vocabulary, ...tokens].flatMap(([text, id]) =>
        typeof text === 'string' && typeof id === 'number' ? [[text, id]] : [],
      ),
    ),
    specialTokens: added.flatMap(({ content, special }) =>
      special === true && typeof content === 'string' ? [content] : [],
    ),
    cachePerToken: cachePerToken(object(reward.cache)),
  };
}

/** Spellings with their ids. In a vocabulary that is a list, an id is the position. */
function spellingsOf(vocabulary: unknown): (readonly [unknown, unknown])[] {
  if (!Array.isArray(vocabulary)) return Object.entries(object(vocabulary));
  return vocabulary.map((entry, id) => [list(entry)[0], id] as const);
}

async function objectIn(file: string, read: ReadText): Promise<JsonObject> {
  const text = await read(file);
  return text === undefined ? {} : object(JSON.parse(text));
}

/** An id in config.json may be a list, whose first item counts. */
function specialOf(name: string, config: JsonObject, settings: JsonObject): { id?: number; token?: string } {
  const id = config[`${name}_token_id`];
  return { id: number(Array.isArray(id) ? id[0] : id), token: tokenSpelling(settings[`${name}_token`]) };
}

function cachePerToken({ layers, kv_heads, head_dim }: JsonObject): number {
  const keysAndValues = 2;
  return keysAndValues * BYTES_OF_FLOAT32 * (number(layers) ?? 0) * (number(kv_heads) ?? 0) * (number(head_dim) ?? 0);
}

function object(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
