import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '../errors.js';
import type { AddedToken } from './added-token.js';
import type { BpeSettings } from './bpe.js';
import type { ByteLevelSettings } from './byte-level.js';
import { checkNormalizer, checkPreTokenizer } from './exact-parts.js';
import { JsonNode } from './json-node.js';
import type { Merges } from './merge-table.js';
import type { PreTokenizerSettings } from './pre-tokenizer.js';

/** What tokenizer.json and tokenizer_config.json of a model folder say, checked. */
export interface TokenizerFile {
  /** Path of tokenizer.json. */
  file: string;
  model: BpeSettings;
  added: AddedToken[];
  /** Spelling of the token that begins a text, if the model has one: BOS, or what BERT and its kin call CLS. */
  bos: string | null;
  /** As it stands in tokenizer.json; `null` for none. */
  normalizer: object | null;
  /** In their order; none if a text is one word. */
  preTokenizers: PreTokenizerSettings[];
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
    bos: bosToken(config.at('bos_token')) ?? bosToken(config.at('cls_token')),
    normalizer: normalizer.absent ? null : normalizer.object(),
    preTokenizers: stepsOf(preTokenizer),
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
  const vocab = vocabOf(model.at('vocab'));
  return {
    vocab,
    merges: mergesOf(model.at('merges'), vocab),
    unkToken: unk.absent ? null : unk.text(),
    fuseUnk: model.at('fuse_unk').flag(false),
    byteFallback: model.at('byte_fallback').flag(false),
    ignoreMerges: model.at('ignore_merges').flag(false),
  };
}

function vocabOf(node: JsonNode): Map<string, number> {
  const vocab = new Map<string, number>();
  const ids = node.object();
  // Not by `Object.entries`: a pair of each is a tenth of the time that reading the file takes.
  for (const spelling in ids) {
    const id = ids[spelling];
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) return node.refuse('whole numbers as ids');
    vocab.set(spelling, id);
  }
  return vocab;
}

function mergesOf(node: JsonNode, vocab: ReadonlyMap<string, number>): Merges {
  const pairs = node.list();
  const merges = {
    lefts: new Int32Array(pairs.length),
    rights: new Int32Array(pairs.length),
    products: new Int32Array(pairs.length),
  };
  for (let rank = 0; rank < pairs.length; rank++) {
    const [left, right, product] = mergeOf(pairs[rank], vocab);
    if (left === undefined || right === undefined || product === undefined)
      return node.item(rank).refuse('two spellings of the vocabulary that make a third');
    merges.lefts[rank] = left;
    merges.rights[rank] = right;
    merges.products[rank] = product;
  }
  return merges;
}

/** Older files write a pair as `left right`, newer ones as `["left", "right"]`. */
function mergeOf(merge: unknown, vocab: ReadonlyMap<string, number>): (number | undefined)[] {
  const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
  if (!Array.isArray(pair) || pair.length !== 2) return [];
  return [vocab.get(pair[0]), vocab.get(pair[1]), vocab.get(`${pair[0]}${pair[1]}`)];
}

function stepsOf(node: JsonNode): PreTokenizerSettings[] {
  if (node.absent) return [];
  if (node.at('type').value === 'Sequence') return node.at('pretokenizers').items().flatMap(stepsOf);
  return [{ settings: node.object(), byteLevel: byteLevelOf(node) }];
}

function byteLevelOf(node: JsonNode): ByteLevelSettings | null {
  if (node.at('type').value !== 'ByteLevel') return null;
  return { addPrefixSpace: node.at('add_prefix_space').flag(false), useRegex: node.at('use_regex').flag(true) };
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
