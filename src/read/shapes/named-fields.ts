import { RowError } from '../../contracts/errors.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { labelIn, type ReadAnswer } from './answer.js';
import { answerAlone, answersIn, withModels } from './answer-list.js';
import { optionalString } from './fields.js';
import { at, type FieldNames, listedNames } from './names.js';
import { type PromptNames, promptIn } from './prompt.js';
import type { Reading, ReadPrompt, Shape } from './shape.js';
import { winnerRanks } from './winner.js';

/** The shape of records whose answers are in the named fields. */
export function namedAnswers(answers: string): Shape {
  return {
    name: 'named',
    expects: `answers in ${answers}`,
    fits: () => true,
    read: (record, place, readPrompt, names) => ({
      prompt: readPrompt(record, place),
      ...answersOf(record, listedNames(answers), names, place),
      answersField: answers,
    }),
  };
}

/** Reads the prompt in a named field. */
export function namedPrompt(field: string, names: PromptNames): ReadPrompt {
  return (record, place) => promptIn(record, field, at(record, field), { ...names, mayBeText: true }, place);
}

function answersOf(
  record: JsonObject,
  fields: readonly string[],
  names: FieldNames,
  place: RowPlace,
): Pick<Reading, 'answers' | 'where'> {
  const value = at(record, fields[0]);
  if (fields.length > 1 || typeof value === 'string') {
    return { answers: inColumns(record, fields, names, place), where: fields.join(', ') };
  }
  const list = withModels(record, answersIn(value, fields[0], place, names));
  return { answers: list, where: `${fields[0]}[]${list[0].textField}` };
}

/** The answers in fields of their own. A field with null holds none, as tables of several lengths have. */
function inColumns(record: JsonObject, fields: readonly string[], names: FieldNames, place: RowPlace): ReadAnswer[] {
  const columns = fields.map((field, position) => ({ field, position }));
  const given = columns.filter(({ field }) => at(record, field) !== null);
  return (given.length > 0 ? given : columns).map((column) => ({
    ...answerAlone(at(record, column.field), column.field, place, names),
    column,
  }));
}

/** Replaces the names of the answering models by those in the named field. @throws RowError E_FIELD */
export function withNamedModels(
  record: JsonObject,
  answers: readonly ReadAnswer[],
  model: string,
  place: RowPlace,
): ReadAnswer[] {
  const found = valuesOf(record, answers, { flag: '--model-field', names: model, code: 'E_FIELD' }, place);
  return answers.map(({ answer: { model: _, ...answer }, modelField: _field, ...read }, i) => {
    const beside = at(record, model);
    const name = optionalString(found(i) ?? (typeof beside === 'string' ? beside : undefined), model, place);
    return { ...read, answer: { ...answer, ...(name !== undefined && { model: name }) }, modelField: model };
  });
}

/** Replaces the labels of the answers by those in the named field. @throws RowError E_LABEL, also if a list has another length */
export function withLabels(
  record: JsonObject,
  answers: readonly ReadAnswer[],
  { label, lowerIsBetter }: FieldNames & { label: string },
  place: RowPlace,
): ReadAnswer[] {
  const ranks = ranksByWinner(record, answers, label, place);
  const key = ranks || (lowerIsBetter ?? /rank/i.test(label)) ? 'rank' : 'score';
  const found = valuesOf(record, answers, { flag: '--label-field', names: label, code: 'E_LABEL' }, place);
  return answers.map(({ answer: { rank: _rank, score: _score, ...answer }, labelField: _field, ...read }, i) => {
    const value = labelIn(ranks?.[i] ?? found(i), fieldOf(label, i, read), place);
    if (value === undefined) return { ...read, answer };
    return { ...read, answer: { ...answer, [key]: value }, labelField: label };
  });
}

/** Where the label of an answer stands, for errors. */
function fieldOf(label: string, i: number, { column }: Pick<ReadAnswer, 'column'>): string {
  const fields = listedNames(label);
  return fields.length > 1 ? fields[column?.position ?? i] : `${label}[${i}]`;
}

/** The ranks, if the labels are one text beside the answers, which names the winner. */
function ranksByWinner(
  record: JsonObject,
  answers: readonly ReadAnswer[],
  label: string,
  place: RowPlace,
): number[] | undefined {
  const beside = at(record, label);
  const isInAnswers = answers.some((read) => inAnswer(read, label) !== undefined);
  if (isInAnswers || typeof beside !== 'string') return undefined;
  const contestants = answers.map(({ answer, column }) => ({ model: answer.model, field: column?.field }));
  const ranks = winnerRanks(beside, contestants);
  if (ranks !== undefined) return ranks;
  throw notLabels(beside, label, place);
}

/** What the user named: models or labels. */
interface Named {
  flag: string;
  names: string;
  code: 'E_LABEL' | 'E_FIELD';
}

/**
 * The value of each answer: in a field of its own, in the answer itself, in a list beside the answers, in an object by the models' names,
 * or the only value of a row with one answer.
 */
function valuesOf(
  record: JsonObject,
  answers: readonly ReadAnswer[],
  named: Named,
  place: RowPlace,
): (i: number) => unknown {
  const fields = listedNames(named.names);
  if (fields.length > 1) return inFields(record, answers, fields, named, place);
  const beside = at(record, named.names);
  const ofAnswer = (i: number) => inAnswer(answers[i], named.names);
  if (Array.isArray(beside)) return (i) => ofAnswer(i) ?? ofList(beside, i, answers, named, place);
  if (isObject(beside)) return (i) => ofAnswer(i) ?? ofModels(beside, answers[i].answer.model);
  if (typeof beside === 'string' || beside === undefined || beside === null) return ofAnswer;
  if (answers.length === 1) return (i) => ofAnswer(i) ?? beside;
  if (named.code === 'E_LABEL' && answers.every((_, i) => ofAnswer(i) === undefined))
    throw notLabels(beside, named.names, place);
  return ofAnswer;
}

function inAnswer({ value }: ReadAnswer, name: string): unknown {
  return isObject(value) ? at(value, name) : undefined;
}

/** A field for each answer, in the order of their own fields. */
function inFields(
  record: JsonObject,
  answers: readonly ReadAnswer[],
  fields: readonly string[],
  { flag, code }: Named,
  place: RowPlace,
): (i: number) => unknown {
  const positions = answers.map(({ column }, i) => column?.position ?? i);
  const expected = 1 + Math.max(...positions);
  if (fields.length >= expected) return (i) => at(record, fields[positions[i]]) ?? null;
  const message = `${flag} names ${fields.length} fields for ${expected} answers; name one for each answer, in their order`;
  throw new RowError(code, message, place);
}

function ofModels(values: JsonObject, model: string | undefined): unknown {
  return model !== undefined && Object.hasOwn(values, model) ? values[model] : undefined;
}

function ofList(
  list: readonly unknown[],
  i: number,
  answers: readonly ReadAnswer[],
  { names, code }: Named,
  place: RowPlace,
): unknown {
  if (list.length === answers.length) return list[i];
  const what = code === 'E_LABEL' ? 'label' : 'model';
  const message = `found ${list.length} ${what}s for ${answers.length} answers, expected one for each; use null for an answer without a ${what}`;
  throw new RowError(code, message, { ...place, field: names });
}

function notLabels(found: unknown, label: string, place: RowPlace): RowError {
  const message = `found ${nameOf(found)}, expected a list of ranks or scores, one for each answer, such as [1,2], or the winner: its letter (A, B), field or model, or tie`;
  return new RowError('E_LABEL', message, { ...place, field: label });
}
