import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { answerIn, type ReadAnswer } from './answer.js';
import { isGiven } from './prompt.js';
import type { Shape } from './shape.js';

const FIELDS = ['answers', 'responses', 'completions', 'outputs', 'generations', 'candidates'];

/**
 * A prompt and a list of answers. Nectar: `prompt`, `answers[].answer`, `rank`. UltraFeedback: `instruction`, `completions[].response`,
 * `overall_score`. What people sample: `messages`, `responses[]`.
 */
export const answerList: Shape = {
  expects: `a prompt with a list of answers in ${FIELDS.join(', ')}`,
  fits: (record) => FIELDS.some((name) => isGiven(record[name])),
  read(record, place, readPrompt) {
    const field = FIELDS.find((name) => isGiven(record[name])) ?? FIELDS[0];
    const prompt = readPrompt(record, place);
    const answers = withModels(record, answersIn(record[field], field, place));
    return { prompt, answers, where: `${field}[]${answers[0].textField}` };
  },
};

/** At least one, each without a prompt of its own. Throws a RowError E_ANSWERS, or what `answerIn` throws. */
export function answersIn(value: unknown, field: string, place: RowPlace): ReadAnswer[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((answer, i) => answerAlone(answer, `${field}[${i}]`, place));
  }
  const message = `found ${nameOf(value)}, expected a list of at least one answer, strings or {"answer": …}`;
  throw new RowError('E_ANSWERS', message, { ...place, field });
}

/** An answer to a prompt that is given apart. Throws as `answerIn` does. */
export function answerAlone(value: unknown, field: string, place: RowPlace): ReadAnswer {
  const read = answerIn(value, field, place);
  if (read.before.length === 0) return read;
  const message = 'found turns before the answer, expected the answer alone, for the prompt is given apart';
  throw new RowError('E_ANSWER', message, { ...place, field });
}

/** Names of the answering models may stand in a list beside the answers. */
export function withModels({ models }: JsonObject, answers: readonly ReadAnswer[]): ReadAnswer[] {
  const names: readonly unknown[] = Array.isArray(models) && models.length === answers.length ? models : [];
  return answers.map((read, i) => {
    const name = names[i];
    return typeof name === 'string' ? { ...read, answer: { model: name, ...read.answer } } : read;
  });
}
