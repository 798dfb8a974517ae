import { dialoguePrompt } from '../parts/dialogue.js';
import type { TrainingFormat } from './format.js';

/**
 * Nectar's own schema with our ranks, answers best first as Nectar stores them; axolotl's `zephyr.nectar` reads it too. What the input
 * does not say is null. Source: berkeley-nest/Nectar, the schema of its file.
 */
export const nectar: TrainingFormat = {
  unit: 'answers',
  columns: () => [
    { name: 'prompt', type: 'string' },
    {
      name: 'answers',
      type: {
        list: {
          struct: new Map([
            ['answer', 'string'],
            ['model', 'string'],
            ['rank', 'double'],
          ]),
        },
      },
    },
    { name: 'turns', type: 'int64' },
    { name: 'num_responses', type: 'int64' },
    { name: 'source', type: { list: 'string' } },
    { name: 'good_natured', type: 'boolean' },
  ],
  examples: ({ row: { ranking, conversation }, answers }) => [
    {
      // Nectar's prompts end with a blank.
      prompt: `${dialoguePrompt(conversation)} `,
      answers: answers.map(({ text, model, rank }) => ({ answer: text, model, rank })),
      turns: ranking.turns ?? conversation.filter(({ role }) => role === 'user').length,
      num_responses: answers.length,
      source: ranking.source ?? null,
      good_natured: ranking.good_natured ?? null,
    },
  ],
};
