import { ALPACA_PROMPT, alpacaPrompt } from '../parts/alpaca.js';
import type { TrainingFormat } from './format.js';

/** LLaMA-Factory's KTO data in the alpaca form. Source: hiyouga/LLaMA-Factory, data/README.md. */
export const llamafactoryKto: TrainingFormat = {
  unit: 'halves',
  columns: () => [...ALPACA_PROMPT, { name: 'output', type: 'string' }, { name: 'kto_tag', type: 'boolean' }],
  examples: ({ row, pairs }) =>
    pairs.flatMap(({ chosen, rejected }) => {
      const prompt = alpacaPrompt(row.conversation);
      return [
        { ...prompt, output: chosen.text, kto_tag: true },
        { ...prompt, output: rejected.text, kto_tag: false },
      ];
    }),
};
