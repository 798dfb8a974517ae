import { wholeColumns, wholeExample } from '../parts/preference.js';
import type { TrainingFormat } from './format.js';

/** TRL's preference data with an implicit prompt: two whole conversations. Source: huggingface/trl, dataset_formats.md. */
export const trlImplicit: TrainingFormat = {
  unit: 'pairs',
  hasText: true,
  columns: wholeColumns,
  examples: ({ row, pairs }, form) => pairs.map((pair) => wholeExample(row.conversation, pair, form)),
};
