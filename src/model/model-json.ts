import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileText } from '../json/file-text.js';
import { isObject, type JsonObject } from '../json/json-object.js';
import { tokenSpelling } from './token-spelling.js';

/** What a model folder's JSON files say, as far as checks ask; what is not there or of another kind is left out. */
export interface ModelJson {
  /** `bos`, `eos`, `pad`: id in config.json, and the token that tokenizer_config.json names. */
  special: Record<'bos' | 'eos' | 'pad', { id?: number; token?: string }>;
  /** Rows of the embedding, by config.json. */
  vocabularySize?: number;
  /** Whether the tokenizer, used by other programs, puts BOS before a text. */
  tokenizerAddsBos?: boolean;
  /** Ids of all spellings. */
  ids: Map<string, number>;
  /** Spellings that tokenizer.json calls special. */
  specialTokens: string[];
  /** Bytes of keys and values of one token; 0 for a graph without a cache. */
  cachePerToken: number;
}

const BYTES_OF_FLOAT32 = 4;

/** Reads files that were checked before: config.json, tokenizer.json, tokenizer_config.json, and reward.json if there is one. */
export async function readModelJson(folder: string): Promise<ModelJson> {
  const [reward, config, tokenizer, settings] = await Promise.all(
    ['reward.json', 'config.json', 'tokenizer.json', 'tokenizer_config.json'].map((name) => objectIn(folder, name)),
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

/** Spellings with their ids, which are places where the vocabulary is a list. */
function spellingsOf(vocabulary: unknown): (readonly [unknown, unknown])[] {
  if (!Array.isArray(vocabulary)) return Object.entries(object(vocabulary));
  return vocabulary.map((entry, id) => [list(entry)[0], id] as const);
}

async function objectIn(folder: string, name: string): Promise<JsonObject> {
  if (!existsSync(join(folder, name))) return {};
  return object(JSON.parse(await fileText(join(folder, name))));
}

/** Ids may be a list, of which the first is the model's own; a token may be an object with its spelling inside. */
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
