import type { Turn } from '../../contracts/row.js';
import type { ArrowType } from '../../tables/arrow-reader.js';

/** A message as chat templates of Hugging Face read it. */
export interface ChatMessage {
  role: string;
  content: string;
}

export const MESSAGE: ArrowType = {
  struct: new Map([
    ['role', 'string'],
    ['content', 'string'],
  ]),
};

export const MESSAGES: ArrowType = { list: MESSAGE };

export function messagesOf(conversation: readonly Turn[]): ChatMessage[] {
  return conversation.map(({ role, text }) => ({ role, content: text }));
}

export function replyOf(text: string): ChatMessage {
  return { role: 'assistant', content: text };
}

/** The prompt and an answer as one conversation. */
export function wholeOf(conversation: readonly Turn[], answer: string): ChatMessage[] {
  return [...messagesOf(conversation), replyOf(answer)];
}
