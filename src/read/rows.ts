import { RowError } from '../contracts/errors.js';
import { ranksOf } from '../contracts/ranks.js';
import type { Answer, Row } from '../contracts/row.js';
import { isObject, type JsonObject } from '../json/json-object.js';
import type { Input, ReadOptions } from './inputs/inputs.js';
import { recordIn } from './records/json/json-line.js';
import { readRecords } from './records/records.js';
import { DoneRow, type RowPlace } from './records/row-place.js';
import { isRowId, optionalCount, optionalFlag, optionalId, optionalNames } from './shapes/fields.js';
import type { NamedFieldsWatch } from './shapes/named-fields-watch.js';
import { at, type FieldNames } from './shapes/names.js';
import { fieldsOfRow } from './shapes/prompt.js';
import { hashedPromptId } from './shapes/prompt-id.js';
import { foundIn, readingOf } from './shapes/shapes.js';

export interface RowOptions extends ReadOptions {
  /** Maximum number of answers of a row. */
  maxAnswers: number;
  /** Names of the fields of a row's parts, as far as the user gave them. */
  fields?: FieldNames;
  /** Checks that the named fields occur in the records. */
  watch?: NamedFieldsWatch;
  /** Called with the fields that each row was read from: `prompt and answers[].answer, labels in rank`. */
  onFound?(found: string, place: RowPlace): void;
}

/**
 * Reads the records of the inputs in order, each as soon as it arrives. Each becomes a row or a RowError. `index` counts over all inputs;
 * `file` is set if there are several. An abort ends the rows without an error; leaving early closes the input.
 * @throws StarlingError E_READ, E_USAGE
 */
export function readRows(inputs: readonly Input[], options: RowOptions): AsyncGenerator<Row | RowError> {
  return readRecords(inputs, options, rowMaker(inputs, options));
}

/** The same, with a DoneRow in the place of each record whose index is done. Its value is not read, which is many times faster. */
export function readRemainingRows(
  inputs: readonly Input[],
  options: RowOptions,
  isDone: (index: number) => boolean,
): AsyncGenerator<Row | RowError | DoneRow> {
  return readRecords(inputs, options, rowMaker(inputs, options), { isDone, standIn: (index) => new DoneRow(index) });
}

function rowMaker(inputs: readonly Input[], options: RowOptions): (value: unknown, place: RowPlace) => Row {
  const named = idFieldOf(options.fields ?? {});
  return (value, place) => {
    try {
      const row = rowOf(value, place, options);
      return inputs.length < 2 ? row : { ...row, file: place.file };
    } catch (error) {
      const id = isObject(value) ? at(value, named) : undefined;
      if (error instanceof RowError && isRowId(id)) error.id = id;
      throw error;
    }
  };
}

function rowOf(value: unknown, place: RowPlace, { fields = {}, maxAnswers, watch, onFound }: RowOptions): Row {
  const record = isTextList(value) ? { prompt: value[0], answers: value.slice(1) } : recordIn(value, place);
  watch?.addRecord(record);
  const reading = readingOf(record, fields, place);
  watch?.addReading(record, reading);
  if (reading.answers.length > maxAnswers) throw tooMany(reading.answers.length, maxAnswers, place);
  onFound?.(foundIn(reading, fields), place);
  const { conversation } = reading.prompt;
  const promptId = optionalId(record.prompt_id, 'prompt_id', place);
  return {
    index: place.row,
    promptId: promptId === undefined ? hashedPromptId(conversation) : String(promptId),
    conversation,
    answers: ranked(reading.answers.map(({ answer }) => answer)),
    ...about(record, fields, place),
    place,
    record,
  };
}

/** Whether a record is a bare list of texts: the prompt, then its answers. */
function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 1 && value.every((item) => typeof item === 'string');
}

function about(
  record: JsonObject,
  names: FieldNames,
  place: RowPlace,
): Pick<Row, 'id' | 'source' | 'turns' | 'goodNatured'> {
  const [idField, sourceField] = [idFieldOf(names), names.source ?? 'source'];
  const id = optionalId(at(record, idField), idField, place);
  const source = optionalNames(at(record, sourceField), sourceField, place);
  const turns = optionalCount(record.turns, 'turns', place);
  const goodNatured = optionalFlag(record.good_natured, 'good_natured', place);
  return {
    ...(id !== undefined && { id }),
    ...(source && { source }),
    ...(turns !== undefined && { turns }),
    ...(goodNatured !== undefined && { goodNatured }),
  };
}

/** Of a long table, the key of a group is the id of its row, unless it is the prompt itself. */
function idFieldOf(names: FieldNames): string {
  const { id, groupBy } = names;
  if (id !== undefined) return id;
  return groupBy === undefined || fieldsOfRow(names).prompt.includes(groupBy) ? 'id' : groupBy;
}

/** Adds ranks to answers that have only scores: 1 = best, equal scores share the best rank among them. */
function ranked(answers: Answer[]): Answer[] {
  if (answers.some(({ rank }) => rank !== undefined)) return answers;
  const { ranks } = ranksOf(answers.flatMap(({ score }) => score ?? []));
  let ranked = 0;
  return answers.map((answer) => (answer.score === undefined ? answer : { ...answer, rank: ranks[ranked++] }));
}

function tooMany(count: number, most: number, place: RowPlace): RowError {
  const message = `found ${count} answers, expected at most ${most}; make several rows of them, or allow more with --max-answers`;
  return new RowError('E_ANSWERS', message, { ...place, field: 'answers' });
}
