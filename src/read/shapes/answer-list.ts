import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { answerIn, type ReadAnswer } from './answer.js';
import { isGiven } from './prompt.js';
import type { Shape } from './shape.js';

const FIELDS = ['answers', 'responses', 'completions', 'outputs', 'generations', 'candidates'];

/**
 * A prompt and a list of answers. Nectar has `prompt`, `answers[].answer` and `rank`. UltraFeedback has `instruction`,
 * `completions[].response` and `overall_score`. Sampled answers often have `messages` and `responses[]`.
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

/** Reads a list of at least one answer, each without turns before it. @throws RowError E_ANSWERS, or as `answerIn` does */
export function answersIn(value: unknown, field: string, place: RowPlace): ReadAnswer[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((answer, i) => answerAlone(answer, `${field}[${i}]`, place));
  }
  const message = `found ${nameOf(value)}, expected a list of at least one answer, strings or {"answer": …}`;
  throw new RowError('E_ANSWERS', message, { ...place, field });
}

/** Reads an answer whose prompt is in a field of its own. @throws RowError E_ANSWER for turns before the answer, or as `answerIn` does */
export function answerAlone(value: unknown, field: string, place: RowPlace): ReadAnswer {
  const read = answerIn(value, field, place);
  if (read.before.length === 0) return read;
  const message = 'found turns before the answer, expected only the answer, as the prompt is in a field of its own';
  throw new RowError('E_ANSWER', message, { ...place, field });
}

/** Adds the names of the answering models, if they are in a list beside the answers. */
export function withModels({ models }: JsonObject, answers: readonly ReadAnswer[]): ReadAnswer[] {
  const names: readonly unknown[] = Array.isArray(models) && models.length === answers.length ? models : [];
  return answers.map((read, i) => {
    const name = names[i];
    return typeof name === 'string' ? { ...read, answer: { model: name, ...read.answer } } : read;
  });
}
