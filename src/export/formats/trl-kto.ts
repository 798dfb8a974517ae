import { answerSide, promptSide, sideType } from '../parts/completion.js';
import type { TrainingFormat } from './format.js';

/** TRL's unpaired preference data: one answer and whether it is wanted. Source: huggingface/trl, dataset_formats.md. */
export const trlKto: TrainingFormat = {
  unit: 'halves',
  hasText: true,
  columns: (form) => [
    { name: 'prompt', type: sideType(form) },
    { name: 'completion', type: sideType(form) },
    { name: 'label', type: 'boolean' },
  ],
  examples: ({ row, pairs }, form) =>
    pairs.flatMap(({ chosen, rejected }) => {
      const prompt = promptSide(row.conversation, form);
      return [
        { prompt, completion: answerSide(chosen.text, form), label: true },
        { prompt, completion: answerSide(rejected.text, form), label: false },
      ];
    }),
};
