import { MESSAGES, messagesOf, replyOf } from '../parts/messages.js';
import type { TrainingFormat } from './format.js';

/** NeMo-RL's rank format; it trains on two completions. Source: NVIDIA-NeMo/RL, docs/guides/rm.md. */
export const nemoRl: TrainingFormat = {
  unit: 'pairs',
  columns: () => [
    { name: 'context', type: MESSAGES },
    {
      name: 'completions',
      type: {
        list: {
          struct: new Map([
            ['rank', 'int32'],
            ['completion', MESSAGES],
          ]),
        },
      },
    },
  ],
  examples: ({ row, pairs }) =>
    pairs.map(({ chosen, rejected }) => ({
      context: messagesOf(row.conversation),
      completions: [chosen, rejected].map(({ text }, rank) => ({ rank, completion: [replyOf(text)] })),
    })),
};
