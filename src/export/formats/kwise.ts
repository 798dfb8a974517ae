import { MESSAGES, messagesOf } from '../parts/messages.js';
import type { TrainingFormat } from './format.js';

/** A prompt with all its answers and their ranks, 1 = best and equal ranks for ties, for K-wise reward training (arXiv 2301.11270). */
export const kwise: TrainingFormat = {
  unit: 'answers',
  needsOrder: true,
  columns: () => [
    { name: 'turns', type: MESSAGES },
    { name: 'answers', type: { list: 'string' } },
    { name: 'ranks', type: { list: 'int32' } },
  ],
  examples: ({ row, answers }) => [
    {
      turns: messagesOf(row.conversation),
      answers: answers.map(({ text }) => text),
      ranks: answers.map(({ rank }) => rank),
    },
  ],
};
