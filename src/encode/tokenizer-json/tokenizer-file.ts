import { join } from 'node:path';
import type { ReadText } from '../../json/file-text.js';
import { type JsonErrors, readJson } from '../../json/json-file.js';
import { isId, JsonNode, MOST_ID } from '../../json/json-node.js';
import type { AddedToken } from './added-token.js';
import { checkPreTokenizer } from './exact-parts.js';
import type { BpeSettings } from './models/bpe.js';
import type { ByteLevelSettings } from './models/byte-level.js';
import type { Merges } from './models/merge-table.js';
import type { PiecesSettings, WordPieceSettings } from './models/pieces.js';
import type { UnigramSettings } from './models/unigram.js';
import { type Normalize, normalizer } from './normalizers/normalizer.js';
import type { PreTokenizerSettings } from './pre-tokenizer.js';
import { beforeEach, WORD_FINDERS } from './word-finders.js';

/** The checked settings of tokenizer.json and tokenizer_config.json. */
export interface TokenizerFile {
  /** Path of tokenizer.json. */
  file: string;
  model: BpeSettings | PiecesSettings;
  added: AddedToken[];
  /** Spelling of the token that begins a text, if the model has one: BOS, or CLS in models like BERT. */
  bos: string | null;
  normalize: Normalize;
  /** Steps in order; empty if a text is one word. */
  preTokenizers: PreTokenizerSettings[];
}

const MISSING = 'a file of the tokenizer is missing or cannot be read';
const ERRORS: JsonErrors = { code: 'E_MODEL', absent: MISSING, unreadable: () => MISSING, invalid: 'not valid JSON' };

/**
 * Reads the tokenizer files of a model folder.
 * @throws StarlingError E_MODEL with file and field, when a file is missing or broken, or a setting is not supported exactly
 */
export async function readTokenizerFile(folder: string, read?: ReadText): Promise<TokenizerFile> {
  const tokenizer = await nodeOf(join(folder, 'tokenizer.json'), read);
  const config = await nodeOf(join(folder, 'tokenizer_config.json'), read);
  const preTokenizer = tokenizer.at('pre_tokenizer');
  checkPreTokenizer(preTokenizer);
  return {
    file: tokenizer.source.file,
    model: modelSettings(tokenizer.at('model')),
    added: tokenizer.at('added_tokens').items().map(addedToken),
    bos: bosToken(config.at('bos_token')) ?? bosToken(config.at('cls_token')),
    normalize: normalizer(tokenizer.at('normalizer')),
    preTokenizers: stepsOf(preTokenizer),
  };
}

async function nodeOf(file: string, read: ReadText | undefined): Promise<JsonNode> {
  const source = { file, code: ERRORS.code, problem: 'this tokenizer cannot be used: ' };
  return new JsonNode(source, '', await readJson(file, ERRORS, undefined, read));
}

function modelSettings(model: JsonNode): BpeSettings | PiecesSettings {
  const type = model.at('type');
  type.oneOf(['BPE', 'Unigram', 'WordPiece']);
  if (type.value === 'Unigram') return unigramSettings(model);
  return type.value === 'WordPiece' ? wordPieceSettings(model) : bpeSettings(model);
}

function unigramSettings(model: JsonNode): UnigramSettings {
  model.at('byte_fallback').oneOf([undefined, false]);
  const entries = model.at('vocab').items();
  const spellings = entries.map((entry) => entry.item(0).text());
  const unkId = model.at('unk_id').count();
  if (unkId >= entries.length) return model.at('unk_id').refuse('an index into the vocabulary');
  return {
    spellings,
    scores: Float64Array.from(entries, (entry) => numberOfRust(entry.item(1).number())),
    vocab: new Map(spellings.map((spelling, id) => [spelling, id])),
    unkId,
  };
}

/**
 * The number that the Rust library reads. Its parser divides the digits by a power of ten. With digits of more than 53 bits the result can
 * be an adjacent double, which is enough to decide between segmentations of nearly equal scores.
 */
function numberOfRust(value: number): number {
  const [digits, exponent = '0'] = String(value).split('e');
  const [whole, fraction = ''] = digits.split('.');
  const power = Number(exponent) - fraction.length;
  const significand = Number(whole + fraction);
  return power < 0 ? significand / Number(`1e${-power}`) : significand * Number(`1e${power}`);
}

function wordPieceSettings(model: JsonNode): WordPieceSettings {
  const vocab = vocabOf(model.at('vocab'));
  const unk = model.at('unk_token');
  const unkId = vocab.get(unk.text());
  if (unkId === undefined) return unk.refuse('a token of the vocabulary');
  model.at('continuing_subword_prefix').text();
  model.at('max_input_chars_per_word').count();
  return { vocab, settings: model.object(), unkId };
}

function bpeSettings(model: JsonNode): BpeSettings {
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
  // `Object.entries` would allocate a pair for each entry, which costs a tenth of the time of reading the file.
  for (const spelling in ids) {
    const id = ids[spelling];
    if (!isId(id)) return node.refuse(`whole numbers as ids, of at most ${MOST_ID}`);
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
      return node.item(rank).refuse('two spellings of the vocabulary whose concatenation is a third');
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
  const type = node.at('type').text();
  if (type === 'Sequence') return node.at('pretokenizers').items().flatMap(stepsOf);
  const settings = node.object();
  const finder = Object.hasOwn(WORD_FINDERS, type) ? WORD_FINDERS[type] : undefined;
  const step = { settings, byteLevel: byteLevelOf(node), finder };
  const splits = type === 'Metaspace' && node.at('split').flag(true);
  if (!splits) return [step];
  return [step, { settings, byteLevel: null, finder: beforeEach(node.at('replacement').text()) }];
}

function byteLevelOf(node: JsonNode): ByteLevelSettings | null {
  if (node.at('type').value !== 'ByteLevel') return null;
  return { addPrefixSpace: node.at('add_prefix_space').flag(false), useRegex: node.at('use_regex').flag(true) };
}

function addedToken(token: JsonNode): AddedToken {
  token.at('single_word').oneOf([undefined, false]);
  const special = token.at('special').flag(false);
  return {
    id: token.at('id').id(),
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
