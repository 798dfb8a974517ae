/**
 * What reward checkpoints call their head, a linear layer of one output on the final norm: `v_head` (Starling, DeepSpeed-Chat),
 * `score` (the *ForSequenceClassification of transformers), `value_head` (OpenRLHF's `value_head_prefix`), `classifier`,
 * `reward_head`; `summary` is what the ValueHead of TRL calls the layer inside.
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
 * Where reward checkpoints keep their trunk: as the Starling classes do, as transformers does, as a class around a whole language
 * model does, as DeepSpeed-Chat does (in both its spellings), or the trunk alone.
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
 * What is left over of the language model that a reward model was made of. The class of Starling-RM-7B-alpha keeps the language
 * model beside its trunk, so that all of the trunk is there twice.
 */
export const LANGUAGE_MODEL_HEADS: readonly string[] = ['lm_head.weight', 'model.lm_head.weight'];
export const TRUNK_AGAIN = 'model.model.';
