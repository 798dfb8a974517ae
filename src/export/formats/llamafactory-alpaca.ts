import { ALPACA_PROMPT, alpacaPrompt } from '../parts/alpaca.js';
import type { TrainingFormat } from './format.js';

/** LLaMA-Factory's pairs in the alpaca form, with `ranking: true` in dataset_info.json. Source: hiyouga/LLaMA-Factory, data/README.md. */
export const llamafactoryAlpaca: TrainingFormat = {
  unit: 'pairs',
  columns: () => [...ALPACA_PROMPT, { name: 'chosen', type: 'string' }, { name: 'rejected', type: 'string' }],
  examples: ({ row, pairs }) =>
    pairs.map(({ chosen, rejected }) => ({
      ...alpacaPrompt(row.conversation),
      chosen: chosen.text,
      rejected: rejected.text,
    })),
};
