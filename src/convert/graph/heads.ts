/**
 * Names of the head in reward checkpoints. The head is a linear layer with one output on the final norm. `v_head` is from Starling and
 * DeepSpeed-Chat, `score` from the *ForSequenceClassification of transformers, `value_head` from OpenRLHF's `value_head_prefix`.
 * `summary` is the layer inside the ValueHead of TRL.
 */
export const HEADS: readonly string[] = [
  'v_head',
  'score',
  'value_head',
  'classifier',
  'reward_head',
  'v_head.summary',
  'value_head.summary',
  'reward_head.summary',
];

/**
 * Prefixes of the trunk's tensors in reward checkpoints: of the Starling classes, of transformers, of a class around a whole language
 * model, of DeepSpeed-Chat (in both of its spellings), and of a trunk alone.
 */
export const TRUNKS: readonly string[] = [
  'transformer.',
  'model.',
  'model.model.',
  'rwtransformer.',
  'rwtranrsformer.',
  '',
];

/**
 * Leftovers of the language model that a reward model was trained from. The class of Starling-RM-7B-alpha keeps the language model
 * beside its trunk, so its checkpoint holds the trunk twice.
 */
export const LANGUAGE_MODEL_HEADS: readonly string[] = ['lm_head.weight', 'model.lm_head.weight'];
export const TRUNK_AGAIN = 'model.model.';
