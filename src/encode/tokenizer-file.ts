import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../errors.js';
import type { AddedToken } from './added-token.js';
import type { BpeSettings, Merge } from './bpe.js';
import { checkNormalizer, checkPreTokenizer } from './exact-parts.js';
import { JsonNode } from './json-node.js';

/** What tokenizer.json and tokenizer_config.json of a model folder say, checked. */
export interface TokenizerFile {
  /** Path of tokenizer.json. */
  file: string;
  model: BpeSettings;
  added: AddedToken[];
  /** Spelling of the token that begins a text, if the model has one. */
  bos: string | null;
  /** As they stand in tokenizer.json; `null` for none. */
  normalizer: object | null;
  preTokenizer: object | null;
}

/** @throws StarlingError E_MODEL naming the file and the field when one is missing, broken, or asks for what is not done exactly. */
export async function readTokenizerFile(folder: string): Promise<TokenizerFile> {
  const tokenizer = await readJson(join(folder, 'tokenizer.json'));
  const config = await readJson(join(folder, 'tokenizer_config.json'));
  const normalizer = tokenizer.at('normalizer');
  const preTokenizer = tokenizer.at('pre_tokenizer');
  checkNormalizer(normalizer);
  checkPreTokenizer(preTokenizer);
  return {
    file: tokenizer.file,
    model: bpeSettings(tokenizer.at('model')),
    added: tokenizer.at('added_tokens').items().map(addedToken),
    bos: bosToken(config.at('bos_token')),
    normalizer: normalizer.absent ? null : normalizer.object(),
    preTokenizer: preTokenizer.absent ? null : preTokenizer.object(),
  };
}

async function readJson(file: string): Promise<JsonNode> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StarlingError('E_MODEL', 'a file of the tokenizer is missing or cannot be read', { file }, cause);
  });
  try {
    return new JsonNode(file, '', JSON.parse(text));
  } catch (cause) {
    throw new StarlingError('E_MODEL', 'not valid JSON', { file }, cause);
  }
}

function bpeSettings(model: JsonNode): BpeSettings {
  model.at('type').oneOf(['BPE']);
  model.at('dropout').oneOf([undefined, null, 0]);
  model.at('continuing_subword_prefix').oneOf([undefined, null, '']);
  model.at('end_of_word_suffix').oneOf([undefined, null, '']);
  const unk = model.at('unk_token');
  const vocab = new Map(
    Object.entries(model.at('vocab').object()).map(([spelling, id]) => [spelling, idOf(model, id)]),
  );
  return {
    vocab,
    merges: model
      .at('merges')
      .items()
      .map((merge) => mergeOf(merge, vocab)),
    unkToken: unk.absent ? null : unk.text(),
    fuseUnk: model.at('fuse_unk').flag(false),
    byteFallback: model.at('byte_fallback').flag(false),
    ignoreMerges: model.at('ignore_merges').flag(false),
  };
}

function idOf(model: JsonNode, id: unknown): number {
  return typeof id === 'number' && Number.isInteger(id) && id >= 0
    ? id
    : model.at('vocab').refuse('whole numbers as ids');
}

/** Older files write a pair as `left right`, newer ones as `["left", "right"]`. */
function mergeOf(merge: JsonNode, vocab: ReadonlyMap<string, number>): Merge {
  const pair: unknown = typeof merge.value === 'string' ? merge.value.split(' ') : merge.value;
  const [left, right, product] =
    Array.isArray(pair) && pair.length === 2 ? [...pair, pair.join('')].map((one) => vocab.get(one)) : [];
  if (left !== undefined && right !== undefined && product !== undefined) return { left, right, product };
  return merge.refuse('two spellings of the vocabulary that make a third');
}

function addedToken(token: JsonNode): AddedToken {
  token.at('single_word').oneOf([undefined, false]);
  const special = token.at('special').flag(false);
  return {
    id: token.at('id').count(),
    content: token.at('content').text(),
    special,
    lstrip: token.at('lstrip').flag(false),
    rstrip: token.at('rstrip').flag(false),
    normalized: token.at('normalized').flag(!special),
  };
}

/** `"<s>"`, or in older files `{ "content": "<s>", … }`. */
function bosToken(token: JsonNode): string | null {
  if (token.absent) return null;
  return typeof token.value === 'string' ? token.value : token.at('content').text();
}
