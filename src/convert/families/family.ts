/** The linear layers of a trunk's layer, by their names here. */
export type Linear = 'q_proj' | 'k_proj' | 'v_proj' | 'o_proj' | 'gate_proj' | 'up_proj' | 'down_proj';

/** The gains of norms in a trunk's layer, by their names here. */
export type Gain = 'attention_norm' | 'forward_norm' | 'q_norm' | 'k_norm';

/**
 * Everything that the conversion knows about one `model_type`. CONTRIBUTING.md lists what a new family needs.
 */
export interface Family {
  /** `model_type` in config.json. */
  modelType: string;
  /** The class of transformers for this trunk with a head. */
  classifier: string;
  /** Values of fields that config.json may omit. Source: the family's configuration class in transformers. */
  defaults: Readonly<Record<string, unknown>>;
  /** The only supported value of each field. Any other value in config.json is refused. */
  only: Readonly<Record<string, unknown>>;
  /** Linear layers with a bias: always (`true`), or where this field of config.json is true. */
  biases: readonly { of: readonly Linear[]; where: true | string }[];
  /** Whether each head of queries and keys is normed before the rotary embedding. */
  normedHeads: boolean;
  /** Which layers attend to the last `sliding_window` tokens only. */
  window: 'none' | 'all' | 'listed';
  /** Values of `rope_type` that can be converted. */
  ropeTypes: readonly ('default' | 'llama3')[];
  /** The name of each part within layer N of the trunk, as in `layers.N.self_attn.q_proj.weight`. */
  parts: Readonly<Record<Linear | Gain, string>>;
  /** Tensors that a checkpoint may hold and the graph does not use; `*` is any layer. Any other unused tensor fails the conversion. */
  harmless: readonly string[];
}

/** The names of Llama, which most families share. Source: LlamaDecoderLayer in transformers. */
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
