import { RowError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { type AnswerNames, answerIn, type ReadAnswer } from './answer.js';
import { isGiven } from './prompt.js';
import type { Shape } from './shape.js';

/** `choices` is the answer of OpenAI's API, for which `n` answers were requested. */
const FIELDS = ['answers', 'responses', 'completions', 'outputs', 'generations', 'candidates', 'choices'];

/**
 * A prompt and a list of answers, or an object with the answer of each model. Nectar has `prompt`, `answers[].answer` and `rank`.
 * UltraFeedback has `instruction`, `completions[].response` and `overall_score`. Sampled answers often have `messages` and `responses[]`.
 */
export const answerList: Shape = {
  name: 'answer-list',
  expects: `a prompt with a list of answers in ${FIELDS.join(', ')}`,
  fits: (record) => FIELDS.some((name) => isGiven(record[name])),
  read(record, place, readPrompt, names) {
    const field = FIELDS.find((name) => isGiven(record[name])) ?? FIELDS[0];
    const prompt = readPrompt(record, place);
    const listed = withModels(record, answersIn(record[field], field, place, names));
    const answers = field === 'choices' ? withModel(record, listed) : listed;
    return {
      prompt,
      answers,
      where: `${field}[]${answers[0].textField}`,
      ...(field !== 'choices' && { answersField: field }),
    };
  },
};

/**
 * Reads at least one answer, each without turns before it: a list, or an object with the names of models, in which a model without an
 * answer has null.
 * @throws RowError E_ANSWERS, or as `answerIn` does
 */
export function answersIn(value: unknown, field: string, place: RowPlace, names: AnswerNames = {}): ReadAnswer[] {
  if (Array.isArray(value) && value.length > 0) {
    return value.map((answer, i) => answerAlone(answer, `${field}[${i}]`, place, names));
  }
  const ofModels = isObject(value) ? Object.entries(value).filter(([, answer]) => isGiven(answer)) : [];
  if (ofModels.length > 0) return ofModels.map(([model, answer]) => ofModel(model, answer, field, place, names));
  const message = `found ${nameOf(value)}, expected a list of at least one answer, strings or {"answer": …}, or an object with the answer of each model`;
  throw new RowError('E_ANSWERS', message, { ...place, field });
}

function ofModel(model: string, value: unknown, field: string, place: RowPlace, names: AnswerNames): ReadAnswer {
  const read = answerAlone(value, `${field}.${model}`, place, names);
  return { ...read, answer: { ...read.answer, model } };
}

/** Reads an answer whose prompt is in a field of its own. @throws RowError E_ANSWER for turns before the answer, or as `answerIn` does */
export function answerAlone(value: unknown, field: string, place: RowPlace, names: AnswerNames = {}): ReadAnswer {
  const read = answerIn(value, field, place, names);
  if (read.before.length === 0) return read;
  const message = 'found turns before the answer, expected only the answer, as the prompt is in a field of its own';
  throw new RowError('E_ANSWER', message, { ...place, field });
}

/** Adds the name of the model that gave all answers. */
function withModel({ model }: JsonObject, answers: readonly ReadAnswer[]): ReadAnswer[] {
  if (typeof model !== 'string') return [...answers];
  return answers.map((read) => ({ ...read, answer: { model, ...read.answer } }));
}

/** Adds the names of the answering models, if they are in a list beside the answers. */
export function withModels({ models }: JsonObject, answers: readonly ReadAnswer[]): ReadAnswer[] {
  const names: readonly unknown[] = Array.isArray(models) && models.length === answers.length ? models : [];
  return answers.map((read, i) => {
    const name = names[i];
    return typeof name === 'string' ? { ...read, answer: { model: name, ...read.answer } } : read;
  });
}
