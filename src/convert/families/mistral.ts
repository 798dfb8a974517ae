import { type Family, LLAMA_PARTS } from './family.js';

/** Mistral and OpenChat-3.5. Source: MistralConfig in transformers. */
export const mistral: Family = {
  modelType: 'mistral',
  classifier: 'MistralForSequenceClassification',
  defaults: { num_key_value_heads: 8, sliding_window: 4096, rms_norm_eps: 1e-6 },
  only: { hidden_act: 'silu', partial_rotary_factor: 1 },
  biases: [],
  normedHeads: false,
  window: 'all',
  ropeTypes: ['default'],
  parts: LLAMA_PARTS,
  harmless: ['layers.*.self_attn.rotary_emb.inv_freq', 'rotary_emb.inv_freq'],
};
