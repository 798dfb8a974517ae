import { RowError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { labelIn, type ReadAnswer } from './answer.js';
import { answerAlone, answersIn, withModels } from './answer-list.js';
import type { PromptFormat } from './dialogue-text.js';
import { promptIn } from './prompt.js';
import type { Reading, ReadPrompt, Shape } from './shape.js';

/** The fields of a row's parts that the user named, and the format of its prompt. A dot in a name leads to a nested field. */
export interface FieldNames {
  prompt?: string;
  /** One field with a list of answers, or several fields with one answer each, separated by commas. */
  answers?: string;
  /** A field in each answer, or a list beside the answers. */
  label?: string;
  /** Whether smaller labels are better, as for ranks. Default: whether the name of the field contains `rank`. */
  lowerIsBetter?: boolean;
  promptFormat?: PromptFormat;
}

/** The shape of records whose answers are in the named fields. */
export function namedAnswers(answers: string): Shape {
  const fields = answerFields(answers);
  return {
    expects: `answers in ${answers}`,
    fits: () => true,
    read: (record, place, readPrompt) => ({ prompt: readPrompt(record, place), ...answersOf(record, fields, place) }),
  };
}

/** The fields in `FieldNames.answers`. */
export function answerFields(answers: string): string[] {
  return answers.split(',').map((name) => name.trim());
}

/** Reads the prompt in a named field. */
export function namedPrompt(field: string, format?: PromptFormat): ReadPrompt {
  return (record, place) => promptIn(record, field, at(record, field), { mayBeText: true, format }, place);
}

function answersOf(record: JsonObject, fields: readonly string[], place: RowPlace): Omit<Reading, 'prompt'> {
  const value = at(record, fields[0]);
  if (fields.length > 1 || typeof value === 'string') {
    return { answers: fields.map((field) => answerAlone(at(record, field), field, place)), where: fields.join(', ') };
  }
  const list = withModels(record, answersIn(value, fields[0], place));
  return { answers: list, where: `${fields[0]}[]${list[0].textField}` };
}

/** Replaces the labels of the answers by those in the named field. @throws RowError E_LABEL, also if a list has another length */
export function withLabels(
  record: JsonObject,
  answers: readonly ReadAnswer[],
  { label, lowerIsBetter }: FieldNames & { label: string },
  place: RowPlace,
): ReadAnswer[] {
  const beside = at(record, label);
  const isInAnswers = answers.some(({ value }) => isObject(value) && at(value, label) !== undefined);
  if (!isInAnswers && !Array.isArray(beside) && beside !== undefined && beside !== null)
    throw notLabels(beside, label, place);
  const key = (lowerIsBetter ?? /rank/i.test(label)) ? 'rank' : 'score';
  return answers.map(({ answer: { rank: _rank, score: _score, ...answer }, labelField: _field, ...read }, i) => {
    const inAnswer = isObject(read.value) ? at(read.value, label) : undefined;
    const found = inAnswer ?? (Array.isArray(beside) ? ofList(beside, i, answers.length, label, place) : undefined);
    const value = labelIn(found, `${label}[${i}]`, place);
    if (value === undefined) return { ...read, answer };
    return { ...read, answer: { ...answer, [key]: value }, labelField: label };
  });
}

function notLabels(found: unknown, label: string, place: RowPlace): RowError {
  const message = `found ${nameOf(found)}, expected a list of ranks or scores, one for each answer, such as [1,2]`;
  return new RowError('E_LABEL', message, { ...place, field: label });
}

function ofList(list: readonly unknown[], i: number, answers: number, label: string, place: RowPlace): unknown {
  if (list.length === answers) return list[i];
  const message = `found ${list.length} labels for ${answers} answers, expected one for each; use null for an answer without a label`;
  throw new RowError('E_LABEL', message, { ...place, field: label });
}

/** The value of a field. If there is no field of that name, dots lead to nested fields. */
export function at(record: JsonObject, name: string): unknown {
  if (record[name] !== undefined) return record[name];
  const dot = name.indexOf('.');
  if (dot === -1) return undefined;
  const inner = record[name.slice(0, dot)];
  return isObject(inner) ? at(inner, name.slice(dot + 1)) : undefined;
}
