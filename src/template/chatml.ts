import type { Turn } from '../contracts/row.js';
import type { Piece } from '../contracts/text.js';
import type { ChatFormat } from './chat-format.js';

/**
 * `<|im_start|>ROLE\nTEXT<|im_end|>`, turns joined by `\n`, with any roles in any order. The answer ends with its `<|im_end|>`.
 * Source: the Starling-RM-34B card, and the training of the mini checkpoint.
 */
export const chatml: ChatFormat = {
  prompt: (conversation) => [...conversation.flatMap(closedTurn), { special: '<|im_start|>' }, { text: 'assistant\n' }],
  answer: (text) => [{ text }, { special: '<|im_end|>' }],
};

function closedTurn({ role, text }: Turn): Piece[] {
  return [{ special: '<|im_start|>' }, { text: `${role}\n${text}` }, { special: '<|im_end|>' }, { text: '\n' }];
}
