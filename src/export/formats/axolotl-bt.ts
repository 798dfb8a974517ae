import { RowError } from '../../contracts/errors.js';
import { roundsOf } from '../parts/rounds.js';
import type { TrainingFormat } from './format.js';

const REMEDY = 'export this row as axolotl-dpo or trl-implicit';

/**
 * Axolotl's `bradley_terry.chat_template`: one question with its system turn. Earlier turns have no place in it. Source:
 * axolotl-ai-cloud/axolotl, prompt_strategies/bradley_terry/chat_template.py.
 */
export const axolotlBt: TrainingFormat = {
  unit: 'pairs',
  columns: () => ['system', 'input', 'chosen', 'rejected'].map((name) => ({ name, type: 'string' as const })),
  examples({ row: { conversation }, pairs }) {
    const { system, history, last } = roundsOf(conversation, REMEDY);
    if (history.length > 0) {
      const problem = 'axolotl-bt holds one question, and the prompt of this row has earlier turns';
      throw new RowError('E_PROMPT', `${problem}; ${REMEDY}`, { field: 'prompt' });
    }
    return pairs.map(({ chosen, rejected }) => ({
      system,
      input: last,
      chosen: chosen.text,
      rejected: rejected.text,
    }));
  },
};
