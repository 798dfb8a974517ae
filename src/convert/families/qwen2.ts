import { type Family, LLAMA_PARTS } from './family.js';

/** Qwen2 and Qwen2.5. Source: Qwen2Config and Qwen2Attention in transformers. */
export const qwen2: Family = {
  modelType: 'qwen2',
  classifier: 'Qwen2ForSequenceClassification',
  defaults: {
    num_key_value_heads: 32,
    use_sliding_window: false,
    sliding_window: 4096,
    max_window_layers: 28,
    rms_norm_eps: 1e-6,
  },
  only: { hidden_act: 'silu', partial_rotary_factor: 1 },
  biases: [{ of: ['q_proj', 'k_proj', 'v_proj'], where: true }],
  normedHeads: false,
  window: 'listed',
  ropeTypes: ['default'],
  parts: LLAMA_PARTS,
  harmless: ['layers.*.self_attn.rotary_emb.inv_freq', 'rotary_emb.inv_freq'],
};
