import type { JsonObject } from '../../json/json-object.js';
import type { TrunkConfig } from '../trunk-config.js';

/** Fields that name classes in Python files of the checkpoint, or labels of another head. */
const DROPPED: readonly string[] = ['auto_map', 'id2label', 'label2id'];

/**
 * config.json for transformers' class of this trunk with a head of one output, whose value is returned as it is.
 * @param floats the type of the weights, where the config names none
 */
export function classifierConfig(
  config: JsonObject,
  { family }: TrunkConfig,
  { padId, floats }: { padId: number; floats: string },
): JsonObject {
  const kept = Object.entries(config).filter(([field]) => !DROPPED.includes(field));
  const named = config.dtype ?? config.torch_dtype;
  return {
    ...Object.fromEntries(kept),
    architectures: [family.classifier],
    num_labels: 1,
    problem_type: 'regression',
    pad_token_id: padId,
    ...(named == null && { torch_dtype: floats }),
  };
}
