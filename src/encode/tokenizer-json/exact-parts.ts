import type { JsonNode } from '../../json/json-node.js';

/** Pre-tokenizers with the results of the Rust library, from our code or from @huggingface/tokenizers. */
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
 * Refuses pre-tokenizers whose ids would differ from those of HF tokenizers. One of them is a `Split` that merges its matches with their
 * neighbours, which @huggingface/tokenizers does not support.
 * @throws StarlingError E_MODEL with the field
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
  // The scheme `first` depends on whether a word starts the text, which an earlier step can change.
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
