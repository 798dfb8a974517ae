import { RowError } from '../contracts/errors.js';
import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';

/**
 * Prompt and answer as the two texts of a model that was trained on pairs. Special tokens join them as in the model's tokenizer. [CLS] is
 * handled as BOS, so truncation keeps it. Such models have no turns, so the prompt is a single turn of the user.
 * @param between special tokens after the prompt
 * @param end special token after the answer
 */
export function pair(between: readonly string[], end: string): ChatFormat {
  return {
    prompt: (conversation) => [{ text: onlyTurn(conversation) }, ...between.map(special)],
    answer: (text) => [{ text }, special(end)],
  };
}

function special(spelling: string): Piece {
  return { special: spelling };
}

function onlyTurn(conversation: readonly Turn[]): string {
  const [first, ...others] = conversation;
  if (first?.role === 'user' && others.length === 0) return first.text;
  const problem = 'a pair of texts has no place for a system turn or further turns; expected a single turn of the user';
  throw new RowError('E_PROMPT', `${problem}. Choose another --template if the model was trained on dialogues`, {
    field: 'conversation',
  });
}
