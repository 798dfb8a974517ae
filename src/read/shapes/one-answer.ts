import { answerIn } from './answer.js';
import { answerAlone } from './answer-list.js';
import { isGiven, promptOfTurns } from './prompt.js';
import type { Shape } from './shape.js';
import { isReply } from './turn-list.js';

const ANSWER_FIELDS = ['response', 'answer', 'completion', 'output', 'generation'];
const CONVERSATION_FIELDS = ['messages', 'conversation', 'conversations'];

/** A prompt and one answer, as in data for fine-tuning: `instruction` and `output`, or `prompt` and `completion`. */
export const oneAnswer: Shape = {
  expects: `a prompt with one answer in ${ANSWER_FIELDS.join(', ')}`,
  fits: (record) => ANSWER_FIELDS.some((name) => isGiven(record[name])),
  read(record, place, readPrompt) {
    const field = ANSWER_FIELDS.find((name) => isGiven(record[name])) ?? ANSWER_FIELDS[0];
    const read = answerAlone(record[field], field, place);
    return { prompt: readPrompt(record, place), answers: [read], where: `${field}${read.textField}` };
  },
};

/** One whole conversation, whose last reply is the answer. */
export const lastReply: Shape = {
  expects: `a conversation in ${CONVERSATION_FIELDS.join(', ')} that ends with the answer, of role assistant`,
  fits: (record) => CONVERSATION_FIELDS.some((name) => endsWithReply(record[name])),
  read(record, place) {
    const field = CONVERSATION_FIELDS.find((name) => endsWithReply(record[name])) ?? CONVERSATION_FIELDS[0];
    const read = answerIn(record[field], field, place);
    return { prompt: promptOfTurns(record, read.before, field, place), answers: [read], where: 'its last reply' };
  },
};

function endsWithReply(value: unknown): boolean {
  return Array.isArray(value) && isReply(value.at(-1));
}
