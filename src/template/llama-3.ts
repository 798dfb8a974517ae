import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';

/**
 * `<|start_header_id|>ROLE<|end_header_id|>\n\nTEXT<|eot_id|>`, with any roles in any order. The answer ends with its `<|eot_id|>`. The
 * tokenizer adds BOS. Llama 3's own code strips texts, which the option `trim` does here.
 * Source: meta-llama/llama3, llama/tokenizer.py, `ChatFormat`.
 */
export const llama3: ChatFormat = {
  prompt: (conversation) => [...conversation.flatMap(closedTurn), ...header('assistant')],
  answer: (text) => [{ text }, { special: '<|eot_id|>' }],
};

function header(role: string): Piece[] {
  return [{ special: '<|start_header_id|>' }, { text: role }, { special: '<|end_header_id|>' }, { text: '\n\n' }];
}

function closedTurn({ role, text }: Turn): Piece[] {
  return [...header(role), { text }, { special: '<|eot_id|>' }];
}
