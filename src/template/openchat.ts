import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';

/**
 * `CONDITION User: TEXT<|end_of_turn|>CONDITION Assistant: TEXT<|end_of_turn|>`, with any roles in any order.
 * A system turn is `TEXT<|end_of_turn|>` without a role, as in OpenChat's own code.
 * Source: the Starling-LM-7B-alpha card; imoneoi/openchat, ochat/config/__init__.py (`hf_chat_template` of `openchat_v3.2_mistral`).
 * @param condition `GPT4 Correct` or `Code`
 */
export function openchat(condition: string): ChatFormat {
  const opening = { user: `${condition} User: `, assistant: `${condition} Assistant: `, system: '' };
  const closedTurn = ({ role, text }: Turn): Piece[] => [
    { text: opening[role] + text },
    { special: '<|end_of_turn|>' },
  ];
  return {
    prompt: (conversation) => [...conversation.flatMap(closedTurn), { text: `${condition} Assistant:` }],
    answer: (text) => [{ text: ` ${text}` }, { special: '<|end_of_turn|>' }],
  };
}
