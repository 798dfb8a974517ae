import { RowError } from '../contracts/errors.js';
import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';

/**
 * Prompt and answer as the two texts of a model that was trained on pairs, the way their tokenizers join two texts. Before the prompt
 * stands the tokenizer's [CLS], in the place of BOS, so that it survives when a text is cut. Such models know no turns: the prompt is
 * one turn of the user.
 * @param between after the prompt
 * @param end after the answer
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
  const problem = 'a pair of texts has no place for a system turn, nor for more than one turn of the user';
  throw new RowError('E_PROMPT', `${problem}; choose another --template if the model was trained on dialogues`, {
    field: 'conversation',
  });
}
