import { answerSide, promptSide, sideType } from '../parts/completion.js';
import type { TrainingFormat } from './format.js';

/** TRL's preference data with an explicit prompt, and `margin` for its RewardTrainer. Source: huggingface/trl, dataset_formats.md. */
export const trlPreference: TrainingFormat = {
  unit: 'pairs',
  hasText: true,
  columns: (form) => [
    { name: 'prompt', type: sideType(form) },
    { name: 'chosen', type: sideType(form) },
    { name: 'rejected', type: sideType(form) },
    { name: 'margin', type: 'double' },
  ],
  examples: ({ row, pairs }, form) =>
    pairs.map(({ chosen, rejected, margin }) => ({
      prompt: promptSide(row.conversation, form),
      chosen: answerSide(chosen.text, form),
      rejected: answerSide(rejected.text, form),
      margin,
    })),
};
