import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { alpacaEval } from './alpaca-eval.js';
import { answerList } from './answer-list.js';
import { arenaBattle } from './arena-battle.js';
import { type FieldNames, namedAnswers, namedPrompt, withLabels } from './named-fields.js';
import { lastReply, oneAnswer } from './one-answer.js';
import { preferencePair } from './preference-pair.js';
import { hasPrompt, promptOf } from './prompt.js';
import type { Reading, ReadPrompt, Shape } from './shape.js';

/** In order of precedence: the first that fits is used. */
const SHAPES: readonly Shape[] = [answerList, preferencePair, alpacaEval, arenaBattle, oneAnswer, lastReply];

const MOST_NAMED = 12;

/** Reads a record. @throws RowError E_SHAPE or E_ANSWERS if no shape fits, else as the shape's `read` does */
export function readingOf(record: JsonObject, names: FieldNames, place: RowPlace): Reading {
  const { prompt, answers, label, promptFormat } = names;
  const shape = answers === undefined ? shapeOf(record, prompt !== undefined, place) : namedAnswers(answers);
  const readPrompt: ReadPrompt =
    prompt === undefined ? (...from) => promptOf(...from, promptFormat) : namedPrompt(prompt, promptFormat);
  const reading = shape.read(record, place, readPrompt, promptFormat);
  if (label === undefined) return reading;
  return { ...reading, answers: withLabels(record, reading.answers, { ...names, label }, place) };
}

/** Whether a record has a prompt or answers, valid or not. */
export function isLikeRow(record: JsonObject): boolean {
  return hasPrompt(record) || SHAPES.some(({ fits }) => fits(record));
}

/** Describes the fields that a record was read from, as text for users. */
export function foundIn({ prompt, answers, where }: Reading, { label }: FieldNames): string {
  const labels = answers.find(({ labelField }) => labelField !== undefined)?.labelField;
  const none = label === undefined ? '' : `, no labels in ${label}`;
  return `${prompt.found} and ${where}${labels === undefined ? none : `, labels in ${labels}`}`;
}

function shapeOf(record: JsonObject, isPromptNamed: boolean, place: RowPlace): Shape {
  const shape = SHAPES.find(({ fits }) => fits(record));
  if (shape !== undefined) return shape;
  const expected = `expected ${SHAPES.map(({ expects }) => expects).join('; or ')}; or name the fields with --prompt-field and --answers-field`;
  if (isPromptNamed || hasPrompt(record)) {
    throw new RowError('E_ANSWERS', `found no answers beside the prompt, ${expected}`, { ...place, field: 'answers' });
  }
  if (record.scores !== undefined) {
    const message = 'this is a ranking, the output of score, not a row; evaluate reads it with --scored';
    throw new RowError('E_SHAPE', message, place);
  }
  throw new RowError('E_SHAPE', `found ${fieldsOf(record)}, ${expected}`, place);
}

function fieldsOf(record: JsonObject): string {
  const names = Object.keys(record);
  if (names.length === 0) return 'no fields';
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  return `the fields ${names.slice(0, MOST_NAMED).map(shortened).join(', ')}${more}`;
}

/** The name of a field for a message. Names are untrusted, so control characters are removed and long names shortened. */
function shortened(name: string): string {
  const shown = nameOf(name);
  return shown === 'a string'
    ? `${name.slice(0, 20).replaceAll(/\p{Cc}/gu, ' ')}…`
    : shown.replace(/^the string "(\w+)"$/, '$1').replace(/^the string /, '');
}
