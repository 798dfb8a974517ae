import { dialoguePrompt } from '../parts/dialogue.js';
import type { TrainingFormat } from './format.js';

/**
 * A query with all its documents, for the listwise losses of sentence-transformers' cross encoders, of which ListMLE is the Plackett-Luce
 * loss. A label is the number of answers less the rank, so higher = better. A prompt of one user turn is its text, any other one is a
 * dialogue. Source: sbert.net, cross_encoder/losses.
 */
export const listwise: TrainingFormat = {
  unit: 'answers',
  needsOrder: true,
  columns: () => [
    { name: 'query', type: 'string' },
    { name: 'docs', type: { list: 'string' } },
    { name: 'labels', type: { list: 'double' } },
  ],
  examples({ row: { conversation }, answers }) {
    const [first, ...others] = conversation;
    const isOneQuestion = others.length === 0 && first.role === 'user';
    return [
      {
        query: isOneQuestion ? first.text : dialoguePrompt(conversation),
        docs: answers.map(({ text }) => text),
        labels: answers.map(({ rank }) => answers.length - rank),
      },
    ];
  },
};
