import { RowError } from '../../contracts/errors.js';
import type { JsonObject } from '../../json/json-object.js';
import { nameOf } from '../records/json/json-value.js';
import type { RowPlace } from '../records/row-place.js';
import { alpacaEval } from './alpaca-eval.js';
import { answerList } from './answer-list.js';
import { arenaBattle, arenaTexts } from './arena-battle.js';
import { namedAnswers, namedPrompt, withLabels, withNamedModels } from './named-fields.js';
import type { FieldNames } from './names.js';
import { lastReply, oneAnswer } from './one-answer.js';
import { preferencePair } from './preference-pair.js';
import { hasPrompt, promptOf } from './prompt.js';
import type { Reading, ReadPrompt, Shape } from './shape.js';
import { twoResponses } from './two-responses.js';

/** In order of precedence: the first that fits is used. */
const SHAPES: readonly Shape[] = [
  answerList,
  preferencePair,
  alpacaEval,
  arenaBattle,
  arenaTexts,
  twoResponses,
  oneAnswer,
  lastReply,
];

/** The names that a file of fields may give as `shape`. */
export const SHAPE_NAMES: readonly string[] = SHAPES.map(({ name }) => name);

const MOST_NAMED = 12;

/** Reads a record. @throws RowError E_SHAPE or E_ANSWERS if no shape fits, else as the shape's `read` does */
export function readingOf(record: JsonObject, names: FieldNames, place: RowPlace): Reading {
  const { prompt, answers, model, label } = names;
  const shape = answers === undefined ? shapeOf(record, names, place) : namedAnswers(answers);
  const readPrompt: ReadPrompt =
    prompt === undefined ? (...from) => promptOf(...from, names) : namedPrompt(prompt, names);
  const reading = shape.read(record, place, readPrompt, names);
  const ofModels = model === undefined ? reading.answers : withNamedModels(record, reading.answers, model, place);
  const labelled = label === undefined ? ofModels : withLabels(record, ofModels, { ...names, label }, place);
  return { ...reading, answers: labelled };
}

/**
 * The names under which a record is read as it was recognized. The shape stands for what names cannot say.
 * @throws RowError as `readingOf` does
 */
export function namesFoundIn(record: JsonObject, names: FieldNames, place: RowPlace): FieldNames {
  const { prompt, answers, answersField } = readingOf(record, names, place);
  const [first] = answers;
  const text = first.textField.startsWith('.') ? first.textField.slice(1) : undefined;
  const label = answers.find(({ labelField }) => labelField !== undefined)?.labelField;
  const model = answers.find(({ modelField }) => modelField !== undefined)?.modelField;
  if (answersField === undefined) return { ...names, shape: shapeOf(record, names, place).name };
  return {
    ...names,
    prompt: names.prompt ?? prompt.field,
    ...(prompt.systemField !== undefined && { system: prompt.systemField }),
    ...(names.groupBy === undefined && { answers: answersField }),
    ...(text !== undefined && { answerText: text }),
    ...(model !== undefined && { model }),
    ...(label !== undefined && { label }),
  };
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

function shapeOf(record: JsonObject, names: FieldNames, place: RowPlace): Shape {
  const shape = SHAPES.find(({ name, fits }) => (names.shape === undefined || name === names.shape) && fits(record));
  if (shape !== undefined) return shape;
  const expected = `expected ${SHAPES.map(({ expects }) => expects).join('; or ')}; or name the fields with --prompt-field and --answers-field`;
  if (names.prompt !== undefined || hasPrompt(record)) {
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
