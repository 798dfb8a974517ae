import { MESSAGE, MESSAGES, messagesOf, replyOf } from '../parts/messages.js';
import type { TrainingFormat } from './format.js';

/** Axolotl's `chat_template.default` for DPO. Source: axolotl-ai-cloud/axolotl, prompt_strategies/dpo/chat_template.py. */
export const axolotlDpo: TrainingFormat = {
  unit: 'pairs',
  columns: () => [
    { name: 'messages', type: MESSAGES },
    { name: 'chosen', type: MESSAGE },
    { name: 'rejected', type: MESSAGE },
  ],
  examples: ({ row, pairs }) =>
    pairs.map(({ chosen, rejected }) => ({
      messages: messagesOf(row.conversation),
      chosen: replyOf(chosen.text),
      rejected: replyOf(rejected.text),
    })),
};
