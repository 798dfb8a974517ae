/** The linear layers of a trunk's layer, by their names here. */
export type Linear = 'q_proj' | 'k_proj' | 'v_proj' | 'o_proj' | 'gate_proj' | 'up_proj' | 'down_proj';

/** The gains of norms in a trunk's layer, by their names here. */
export type Gain = 'attention_norm' | 'forward_norm' | 'q_norm' | 'k_norm';

/**
 * How one `model_type` differs from the others: all that a conversion knows of it. A new family is a file like those beside this
 * one, its place in ../trunk-config.ts, and an oracle (test/oracles/families.py).
 */
export interface Family {
  /** As in config.json. */
  modelType: string;
  /** What config.json need not say. Source: the family's configuration class in transformers. */
  defaults: Readonly<Record<string, unknown>>;
  /** Fields that must have this value where config.json has them: another would be another trunk. */
  only: Readonly<Record<string, unknown>>;
  /** Linear layers with a bias: always (`true`), or where this field of config.json is true. */
  biases: readonly { of: readonly Linear[]; where: true | string }[];
  /** Whether the heads of queries and keys are normed, each by itself, before they are turned to their positions. */
  normedHeads: boolean;
  /** Which layers attend to the last `sliding_window` tokens only. */
  window: 'none' | 'all' | 'listed';
  /** Values of `rope_type` that can be converted. */
  ropeTypes: readonly ('default' | 'llama3')[];
  /** The name of each part within layer N of the trunk, as in `layers.N.self_attn.q_proj.weight`. */
  parts: Readonly<Record<Linear | Gain, string>>;
  /** What a checkpoint may hold and no reward needs; `*` is any layer. Anything else that is left over ends the conversion. */
  harmless: readonly string[];
}

/** Llama's names, which most families took over. Source: LlamaDecoderLayer in transformers. */
export const LLAMA_PARTS: Family['parts'] = {
  attention_norm: 'input_layernorm',
  q_proj: 'self_attn.q_proj',
  k_proj: 'self_attn.k_proj',
  v_proj: 'self_attn.v_proj',
  o_proj: 'self_attn.o_proj',
  q_norm: 'self_attn.q_norm',
  k_norm: 'self_attn.k_norm',
  forward_norm: 'post_attention_layernorm',
  gate_proj: 'mlp.gate_proj',
  up_proj: 'mlp.up_proj',
  down_proj: 'mlp.down_proj',
};

export const ATTENTION: readonly Linear[] = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
export const FEED_FORWARD: readonly Linear[] = ['gate_proj', 'up_proj', 'down_proj'];
