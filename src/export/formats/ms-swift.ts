import { MESSAGES, wholeOf } from '../parts/messages.js';
import type { TrainingFormat } from './format.js';

/** ms-swift's pairs: a whole conversation and the text that was rejected. Source: modelscope/ms-swift, docs, Custom-dataset.md. */
export const msSwift: TrainingFormat = {
  unit: 'pairs',
  columns: () => [
    { name: 'messages', type: MESSAGES },
    { name: 'rejected_response', type: 'string' },
    { name: 'margin', type: 'double' },
  ],
  examples: ({ row, pairs }) =>
    pairs.map(({ chosen, rejected, margin }) => ({
      messages: wholeOf(row.conversation, chosen.text),
      rejected_response: rejected.text,
      margin,
    })),
};
