import { join } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { tokenSpelling } from '../../model/token-spelling.js';

/** A token that fills up shorter texts of a batch. */
export interface PadToken {
  id: number;
  spelling: string;
}

/** What decides on the pad token. */
export interface PadSources {
  /** tokenizer.json, tokenizer_config.json and config.json. */
  tokenizer: JsonObject;
  tokenizerConfig: JsonObject;
  config: JsonObject;
  /** Ids of some texts of the model, which show how texts end. */
  texts: readonly ArrayLike<number>[];
  /** Rows of the embedding. */
  vocabulary: number;
  /** The checkpoint, for messages. */
  folder: string;
}

/**
 * A pad token that never ends a text. The classes of transformers read the last token that is not the pad token, so a text that ends with
 * it would be read too early. Text of the input never becomes a special token, so only the token with which the template ends an answer,
 * and an <unk> that text can become, are left out. The checkpoint's own pad token is kept if it is another one.
 * @throws StarlingError E_CHECKPOINT if there is no such token
 */
export function padToken(sources: PadSources): PadToken {
  const { tokenizerConfig, config, folder } = sources;
  const own = tokenSpelling(tokenizerConfig.pad_token);
  const able = candidates(sources);
  const found =
    able.find(({ id, spelling }) => spelling === own && (config.pad_token_id ?? id) === id) ??
    able.find(({ spelling }) => /pad/i.test(spelling)) ??
    able.find(({ spelling }) => spelling === unknown(sources)) ??
    able[0];
  if (found !== undefined) return found;
  const problem =
    'every special token of the tokenizer can end a text, and transformers needs one that never does, to pad with';
  const remedy = 'add a token <pad> to tokenizer.json with "special": true, on an id that the embedding has';
  throw new StarlingError('E_CHECKPOINT', `${problem}; ${remedy}`, { file: join(folder, 'tokenizer.json') });
}

function candidates(sources: PadSources): PadToken[] {
  const { tokenizer, texts, vocabulary } = sources;
  const ends = new Set(texts.map((ids) => ids[ids.length - 1]));
  const ofText = canTextBeUnknown(tokenizer) ? unknown(sources) : undefined;
  const added: unknown[] = Array.isArray(tokenizer.added_tokens) ? tokenizer.added_tokens : [];
  return added.flatMap((token) => {
    if (!isObject(token) || token.special !== true) return [];
    const { id, content } = token;
    const isAble = typeof id === 'number' && id < vocabulary && !ends.has(id) && content !== ofText;
    return isAble && typeof content === 'string' ? [{ id, spelling: content }] : [];
  });
}

function unknown({ tokenizer, tokenizerConfig }: PadSources): string | undefined {
  const { model } = tokenizer;
  return tokenSpelling(tokenizerConfig.unk_token) ?? (isObject(model) ? tokenSpelling(model.unk_token) : undefined);
}

/** Byte-level tokenizers, and those that fall back on bytes, have a token for every text. */
function canTextBeUnknown({ model }: JsonObject): boolean {
  return isObject(model) && model.unk_token != null && model.byte_fallback !== true;
}
