import { RowError } from '../errors.js';
import type { Answer } from '../types.js';
import { optionalString } from './fields.js';
import { isFiniteNumber, isRecord, type JsonRecord, nameOf } from './json-value.js';
import type { RowPlace } from './row-place.js';
import { unicodeText } from './unicode-text.js';

/**
 * The answers of a record, at least one: strings, or objects with their text in `answer` (else `text`), texts verbatim.
 * Throws a RowError: E_ANSWERS, E_ANSWER, E_LABEL for `rank` and `score`, E_FIELD for the rest.
 */
export function answersOf({ answers }: JsonRecord, place: RowPlace): Answer[] {
  if (Array.isArray(answers) && answers.length > 0) {
    return answers.map((answer, i) => answerOf(answer, `answers[${i}]`, place));
  }
  const message = `found ${nameOf(answers)}, expected a list of at least one answer, strings or {"answer": …}`;
  throw new RowError('E_ANSWERS', message, { ...place, field: 'answers' });
}

function answerOf(value: unknown, field: string, place: RowPlace): Answer {
  if (typeof value === 'string') return { text: unicodeText(value, field, place) };
  if (!isRecord(value)) throw answerError(value, 'a string or {"answer": …}', field, place);
  const model = optionalString(value.model, `${field}.model`, place);
  const rank = label(value.rank, `${field}.rank`, place);
  const score = label(value.score, `${field}.score`, place);
  return {
    text: answerText(value, field, place),
    ...(model !== undefined && { model }),
    ...(rank !== undefined && { rank }),
    ...(score !== undefined && { score }),
  };
}

function answerText(answer: JsonRecord, field: string, place: RowPlace): string {
  const name = answer.answer === undefined && answer.text !== undefined ? 'text' : 'answer';
  const text = answer[name];
  if (typeof text !== 'string') throw answerError(text, 'the text of the answer', `${field}.${name}`, place);
  return unicodeText(text, `${field}.${name}`, place);
}

function label(value: unknown, field: string, place: RowPlace): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (isFiniteNumber(value)) return value;
  const message = `found ${nameOf(value)}, expected a finite number; an answer without a label has null or nothing here`;
  throw new RowError('E_LABEL', message, { ...place, field });
}

function answerError(value: unknown, expected: string, field: string, place: RowPlace): RowError {
  return new RowError('E_ANSWER', `found ${nameOf(value)}, expected ${expected}; an empty string is an answer`, {
    ...place,
    field,
  });
}
