import type { Turn } from '../../contracts/row.js';
import type { ArrowColumn } from '../../tables/arrow-reader.js';
import type { TrainingExample } from '../formats/format.js';
import { roundsOf } from './rounds.js';

/** The columns of a prompt in LLaMA-Factory's alpaca form. `input` is always empty: a prompt is not divided here. */
export const ALPACA_PROMPT: readonly ArrowColumn[] = [
  { name: 'instruction', type: 'string' },
  { name: 'input', type: 'string' },
  { name: 'system', type: 'string' },
  { name: 'history', type: { list: { list: 'string' } } },
];

/** @throws RowError E_PROMPT as `roundsOf` */
export function alpacaPrompt(conversation: readonly Turn[]): TrainingExample {
  const { system, history, last } = roundsOf(conversation, 'export this row as trl-preference, which holds any turns');
  return { instruction: last, input: '', system, history };
}
