import type { Turn } from '../../contracts/row.js';
import type { ArrowType } from '../../tables/arrow-reader.js';
import type { TrainingForm } from '../formats/format.js';
import { dialogueAnswer, dialoguePrompt } from './dialogue.js';
import { type ChatMessage, MESSAGES, messagesOf, replyOf } from './messages.js';

/** The type of a prompt and of a completion. */
export function sideType({ isText }: TrainingForm): ArrowType {
  return isText ? 'string' : MESSAGES;
}

/** The prompt in a field of its own. @throws RowError as `dialoguePrompt` */
export function promptSide(conversation: readonly Turn[], { isText }: TrainingForm): string | ChatMessage[] {
  return isText ? dialoguePrompt(conversation) : messagesOf(conversation);
}

/** An answer in a field of its own. @throws RowError as `dialogueAnswer` */
export function answerSide(text: string, { isText }: TrainingForm): string | ChatMessage[] {
  return isText ? dialogueAnswer(text) : [replyOf(text)];
}
