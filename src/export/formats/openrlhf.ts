import { wholeColumns, wholeExample } from '../parts/preference.js';
import type { TrainingFormat } from './format.js';

/**
 * OpenRLHF's pairs: `chosen` and `rejected` as whole conversations, read with `--apply_chat_template`, or as text without it, and `margin`
 * for the loss with a margin. Source: OpenRLHF/OpenRLHF, openrlhf/datasets/reward_dataset.py.
 */
export const openrlhf: TrainingFormat = {
  unit: 'pairs',
  hasText: true,
  columns: wholeColumns,
  examples: ({ row, pairs }, form) => pairs.map((pair) => wholeExample(row.conversation, pair, form)),
};
