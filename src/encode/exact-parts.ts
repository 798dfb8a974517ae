import type { JsonNode } from './json-node.js';

/** Normalizers and pre-tokenizers that are done as the Rust library does them: here, or by @huggingface/tokenizers. */
const NORMALIZERS = ['Sequence', 'Prepend', 'Replace', 'NFC', 'NFD', 'NFKC', 'NFKD'];
const PRE_TOKENIZERS = ['Sequence', 'ByteLevel', 'Digits', 'Metaspace', 'Split'];

/**
 * Refuses normalizers that would give other ids than HF tokenizers: among others `Lowercase` and `Strip`, whose letters and
 * whitespace differ, and `Precompiled`, which is only approximated.
 * @throws StarlingError E_MODEL naming the field
 */
export function checkNormalizer(normalizer: JsonNode): void {
  if (normalizer.absent) return;
  normalizer.at('type').oneOf(NORMALIZERS);
  normalizer.at('normalizers').items().forEach(checkNormalizer);
}

/**
 * Refuses pre-tokenizers that would give other ids than HF tokenizers: among others a `Metaspace` that splits and a `Split` that
 * merges what it found with its neighbours, which the library does not do.
 * @throws StarlingError E_MODEL naming the field
 */
export function checkPreTokenizer(preTokenizer: JsonNode): void {
  if (preTokenizer.absent) return;
  const type = preTokenizer.at('type');
  type.oneOf(PRE_TOKENIZERS);
  if (type.value === 'Metaspace') checkMetaspace(preTokenizer);
  if (type.value === 'Split') checkSplit(preTokenizer);
  preTokenizer.at('pretokenizers').items().forEach(checkPreTokenizer);
}

function checkMetaspace(metaspace: JsonNode): void {
  metaspace.at('split').oneOf([false]);
  metaspace.at('prepend_scheme').oneOf(['always', 'first', 'never']);
}

function checkSplit(split: JsonNode): void {
  split.at('behavior').oneOf(split.at('invert').flag(false) ? ['Removed'] : ['Isolated', 'Removed']);
}
