import { ATTENTION, type Family, FEED_FORWARD, LLAMA_PARTS } from './family.js';

/** Llama 2 and 3, Yi, SmolLM2 and other models of type `llama`. Source: LlamaConfig in transformers. */
export const llama: Family = {
  modelType: 'llama',
  classifier: 'LlamaForSequenceClassification',
  defaults: { attention_bias: false, mlp_bias: false, rms_norm_eps: 1e-6 },
  only: { hidden_act: 'silu', partial_rotary_factor: 1 },
  biases: [
    { of: ATTENTION, where: 'attention_bias' },
    { of: FEED_FORWARD, where: 'mlp_bias' },
  ],
  normedHeads: false,
  window: 'none',
  ropeTypes: ['default', 'llama3'],
  parts: LLAMA_PARTS,
  // transformers before 4.32 saved the rotary frequencies, which follow from the config, with the weights.
  harmless: ['layers.*.self_attn.rotary_emb.inv_freq', 'rotary_emb.inv_freq'],
};
