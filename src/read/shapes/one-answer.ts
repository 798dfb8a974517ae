import { answerIn } from './answer.js';
import { answerAlone } from './answer-list.js';
import { isGiven, promptOfTurns } from './prompt.js';
import type { Shape } from './shape.js';
import { isReply } from './turn-list.js';

const ANSWER_FIELDS = ['response', 'answer', 'completion', 'output', 'generation'];
const CONVERSATION_FIELDS = ['messages', 'conversation', 'conversations'];

/** A prompt and one answer, as in data for fine-tuning: `instruction` and `output`, or `prompt` and `completion`. */
export const oneAnswer: Shape = {
  name: 'one-answer',
  expects: `a prompt with one answer in ${ANSWER_FIELDS.join(', ')}`,
  fits: (record) => ANSWER_FIELDS.some((name) => isGiven(record[name])),
  read(record, place, readPrompt, names) {
    const field = ANSWER_FIELDS.find((name) => isGiven(record[name])) ?? ANSWER_FIELDS[0];
    const read = answerAlone(record[field], field, place, names);
    const prompt = readPrompt(record, place);
    const isText = typeof record[field] === 'string';
    return { prompt, answers: [read], where: `${field}${read.textField}`, ...(isText && { answersField: field }) };
  },
};

/** One whole conversation, whose last reply is the answer. */
export const lastReply: Shape = {
  name: 'last-reply',
  expects: `a conversation in ${CONVERSATION_FIELDS.join(', ')} that ends with the answer, of role assistant`,
  fits: (record) => CONVERSATION_FIELDS.some((name) => endsWithReply(record[name])),
  read(record, place, _readPrompt, names) {
    const field = CONVERSATION_FIELDS.find((name) => endsWithReply(record[name])) ?? CONVERSATION_FIELDS[0];
    const read = answerIn(record[field], field, place);
    return {
      prompt: promptOfTurns(record, read.before, field, place, names),
      answers: [read],
      where: 'its last reply',
    };
  },
};

function endsWithReply(value: unknown): boolean {
  return Array.isArray(value) && isReply(value.at(-1));
}
