import { ATTENTION, type Family, LLAMA_PARTS } from './family.js';

/** Qwen3 without the mixture-of-experts models. Source: Qwen3Config and Qwen3Attention in transformers. */
export const qwen3: Family = {
  modelType: 'qwen3',
  classifier: 'Qwen3ForSequenceClassification',
  defaults: {
    num_key_value_heads: 32,
    head_dim: 128,
    attention_bias: false,
    use_sliding_window: false,
    sliding_window: 4096,
    max_window_layers: 28,
    rms_norm_eps: 1e-6,
  },
  only: { hidden_act: 'silu', partial_rotary_factor: 1 },
  biases: [{ of: ATTENTION, where: 'attention_bias' }],
  normedHeads: true,
  window: 'listed',
  ropeTypes: ['default'],
  parts: LLAMA_PARTS,
  harmless: ['rotary_emb.inv_freq'],
};
