import { RowError } from '../../contracts/errors.js';
import type { Answer, Turn } from '../../contracts/row.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { isFiniteNumber, nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { unicodeText } from '../records/unicode-text.js';
import { optionalString } from './fields.js';
import { at, type FieldNames } from './names.js';
import { isTurnList, listedTurns } from './turn-list.js';

/** Fields for the text of an answer. The first that an object has is read. */
const TEXT_FIELDS = ['answer', 'text', 'response', 'content', 'output', 'completion', 'generation', 'value'];
const MODEL_FIELDS = ['model', 'generator'];
const SCORE_FIELDS = ['score', 'overall_score'];

/** What the user said of the fields in an answer. */
export type AnswerNames = Pick<FieldNames, 'answerText'>;

/** An answer and the fields that it was read from. */
export interface ReadAnswer {
  answer: Answer;
  /** The value that it was read from. */
  value: unknown;
  /** The turns before the answer, if it was read from a conversation. */
  before: Turn[];
  /** Where the text was in the value: `.answer` for the field `answer` of an object, empty for a string. */
  textField: string;
  /** The field of the model, if it is in the answer. */
  modelField?: string;
  /** The field of the label. */
  labelField?: string;
  /** The field of the record that holds this answer alone, and its position among such fields: some may hold no answer. */
  column?: { field: string; position: number };
}

/**
 * Reads an answer: a string, a list of turns that ends with the answer, or an object with the text, `model`, and `rank` or `score` as
 * labels. The object may be a choice of OpenAI's API, whose text is in its `message`. The text is kept verbatim.
 * @throws RowError E_ANSWER; E_LABEL for labels; E_FIELD for other fields
 */
export function answerIn(value: unknown, field: string, place: RowPlace, names: AnswerNames = {}): ReadAnswer {
  if (typeof value === 'string') return plainAnswer(unicodeText(value, field, place));
  if (isTurnList(value)) return lastReply(value, field, place);
  if (!isObject(value)) throw answerError(value, 'a string or {"answer": …}', field, place);
  const textField = names.answerText ?? textFieldOf(value);
  const model = named(value, MODEL_FIELDS, (found, name) => optionalString(found, `${field}.${name}`, place));
  const rank = named(value, ['rank'], (found, name) => labelIn(found, `${field}.${name}`, place));
  const score = named(value, SCORE_FIELDS, (found, name) => labelIn(found, `${field}.${name}`, place));
  const labelField = rank?.name ?? score?.name;
  const answer: Answer = {
    text: textIn(at(value, textField), `${field}.${textField}`, place),
    ...(model && { model: model.value }),
    ...(rank && { rank: rank.value }),
    ...(score && { score: score.value }),
  };
  return {
    answer,
    value,
    before: [],
    textField: `.${textField}`,
    ...(model && { modelField: model.name }),
    ...(labelField !== undefined && { labelField }),
  };
}

function textFieldOf(value: JsonObject): string {
  if (isObject(value.message) && value.text === undefined) return 'message.content';
  return TEXT_FIELDS.find((name) => value[name] !== undefined) ?? TEXT_FIELDS[0];
}

/** An answer with only a text. */
export function plainAnswer(text: string): ReadAnswer {
  return { answer: { text }, value: text, before: [], textField: '' };
}

/** Reads a label; `undefined` if there is none. @throws RowError E_LABEL if it is not a finite number */
export function labelIn(value: unknown, field: string, place: RowPlace): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (isFiniteNumber(value)) return value;
  const message = `found ${nameOf(value)}, expected a finite number; for an answer without a label, use null or leave the field out`;
  throw new RowError('E_LABEL', message, { ...place, field });
}

/** The first of the fields `names` that has a value. */
function named<T>(record: JsonObject, names: readonly string[], read: (value: unknown, name: string) => T | undefined) {
  for (const name of names) {
    const value = read(at(record, name), name);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

function lastReply(list: readonly unknown[], field: string, place: RowPlace): ReadAnswer {
  const turns = listedTurns(list, field, place);
  const last = turns[turns.length - 1];
  if (last.role === 'assistant') {
    return { answer: { text: last.text }, value: list, before: turns.slice(0, -1), textField: '[-1]' };
  }
  const message = `the last turn is of role ${last.role}, expected the answer, of role assistant`;
  throw new RowError('E_ANSWER', message, { ...place, field: `${field}[${turns.length - 1}]` });
}

function textIn(text: unknown, field: string, place: RowPlace): string {
  if (typeof text !== 'string') throw answerError(text, 'the text of the answer', field, place);
  return unicodeText(text, field, place);
}

function answerError(value: unknown, expected: string, field: string, place: RowPlace): RowError {
  return new RowError('E_ANSWER', `found ${nameOf(value)}, expected ${expected}; an empty string is an answer`, {
    ...place,
    field,
  });
}
