import type { Turn } from '../../contracts/row.js';
import type { ArrowColumn } from '../../tables/arrow-reader.js';
import type { ChosenPair } from '../choose/chosen-row.js';
import type { TrainingExample, TrainingForm } from '../formats/format.js';
import { dialogueAnswer, dialoguePrompt } from './dialogue.js';
import { MESSAGES, wholeOf } from './messages.js';

/** The columns of whole conversations: `chosen`, `rejected` and `margin`. */
export function wholeColumns({ isText }: TrainingForm): ArrowColumn[] {
  const type = isText ? 'string' : MESSAGES;
  return [
    { name: 'chosen', type },
    { name: 'rejected', type },
    { name: 'margin', type: 'double' },
  ];
}

/** A pair as two whole conversations, which share their prompt. @throws RowError as `dialoguePrompt` */
export function wholeExample(
  conversation: readonly Turn[],
  { chosen, rejected, margin }: ChosenPair,
  { isText }: TrainingForm,
): TrainingExample {
  const whole = isText
    ? (text: string) => dialoguePrompt(conversation) + dialogueAnswer(text)
    : (text: string) => wholeOf(conversation, text);
  return { chosen: whole(chosen.text), rejected: whole(rejected.text), margin };
}
