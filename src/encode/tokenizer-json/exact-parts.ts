import type { JsonNode } from '../../json/json-node.js';

/** Pre-tokenizers that are done as the Rust library does them: here, or by @huggingface/tokenizers. */
const PRE_TOKENIZERS = [
  'Sequence',
  'BertPreTokenizer',
  'ByteLevel',
  'Digits',
  'Metaspace',
  'Punctuation',
  'Split',
  'WhitespaceSplit',
];

/**
 * Refuses pre-tokenizers that would give other ids than HF tokenizers: among others a `Split` that merges what it found with its
 * neighbours, which the library does not do.
 * @throws StarlingError E_MODEL naming the field
 */
export function checkPreTokenizer(preTokenizer: JsonNode): void {
  if (preTokenizer.absent) return;
  const type = preTokenizer.at('type');
  type.oneOf(PRE_TOKENIZERS);
  if (type.value === 'Metaspace') checkMetaspace(preTokenizer);
  if (type.value === 'Split') checkSplit(preTokenizer);
  if (type.value === 'Punctuation') preTokenizer.at('behavior').oneOf(['Isolated', undefined]);
  const steps = preTokenizer.at('pretokenizers').items();
  steps.forEach(checkPreTokenizer);
  // What a step before took away or added would tell whether a word is the beginning of the text.
  for (const step of steps.slice(1)) {
    if (step.at('type').value === 'Metaspace') step.at('prepend_scheme').oneOf(['always', 'never', undefined]);
  }
}

function checkMetaspace(metaspace: JsonNode): void {
  metaspace.at('prepend_scheme').oneOf(['always', 'first', 'never', undefined]);
  if (metaspace.at('prepend_scheme').value !== 'never') metaspace.at('add_prefix_space').oneOf([true, undefined]);
}

function checkSplit(split: JsonNode): void {
  split.at('behavior').oneOf(split.at('invert').flag(false) ? ['Removed'] : ['Isolated', 'Removed']);
}
