import { RowError } from '../../contracts/errors.js';
import type { Answer, Turn } from '../../contracts/row.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { isFiniteNumber, nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { unicodeText } from '../records/unicode-text.js';
import { optionalString } from './fields.js';
import { isTurnList, listedTurns } from './turn-list.js';

/** Where an object may have the text of an answer: in the first of these that it has. */
const TEXT_FIELDS = ['answer', 'text', 'response', 'content', 'output', 'completion', 'generation'];
const MODEL_FIELDS = ['model', 'generator'];
const SCORE_FIELDS = ['score', 'overall_score'];

/** An answer, and what was read as what. */
export interface ReadAnswer {
  answer: Answer;
  /** What it was read from. */
  value: unknown;
  /** The turns before it that came with it. */
  before: Turn[];
  /** `.answer` for what stood in an object's field `answer`; empty for what was text itself. */
  textField: string;
  /** Where the label stood. */
  labelField?: string;
}

/**
 * One answer: its text verbatim, as a string, as the last of some turns, or in an object with `model`, and `rank` or `score` as labels.
 * Throws a RowError: E_ANSWER, E_LABEL for labels, E_FIELD for the rest.
 */
export function answerIn(value: unknown, field: string, place: RowPlace): ReadAnswer {
  if (typeof value === 'string') return plainAnswer(unicodeText(value, field, place));
  if (isTurnList(value)) return lastReply(value, field, place);
  if (!isObject(value)) throw answerError(value, 'a string or {"answer": …}', field, place);
  const textField = TEXT_FIELDS.find((name) => value[name] !== undefined) ?? TEXT_FIELDS[0];
  const model = named(value, MODEL_FIELDS, (found, name) => optionalString(found, `${field}.${name}`, place));
  const rank = named(value, ['rank'], (found, name) => labelIn(found, `${field}.${name}`, place));
  const score = named(value, SCORE_FIELDS, (found, name) => labelIn(found, `${field}.${name}`, place));
  const labelField = rank?.name ?? score?.name;
  const answer: Answer = {
    text: textIn(value[textField], `${field}.${textField}`, place),
    ...(model && { model: model.value }),
    ...(rank && { rank: rank.value }),
    ...(score && { score: score.value }),
  };
  return { answer, value, before: [], textField: `.${textField}`, ...(labelField !== undefined && { labelField }) };
}

/** An answer of which nothing but the text is known. */
export function plainAnswer(text: string): ReadAnswer {
  return { answer: { text }, value: text, before: [], textField: '' };
}

/** A label: `undefined` where there is none. Throws a RowError E_LABEL for what is no finite number. */
export function labelIn(value: unknown, field: string, place: RowPlace): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (isFiniteNumber(value)) return value;
  const message = `found ${nameOf(value)}, expected a finite number; an answer without a label has null or nothing here`;
  throw new RowError('E_LABEL', message, { ...place, field });
}

/** The first of some fields that has a value. */
function named<T>(record: JsonObject, names: readonly string[], read: (value: unknown, name: string) => T | undefined) {
  for (const name of names) {
    const value = read(record[name], name);
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
