import { RowError } from '../errors.js';
import type { Row } from '../types.js';
import { answersOf } from './answers.js';
import { conversationOf } from './conversation.js';
import { optionalCount, optionalFlag, optionalId, optionalNames } from './fields.js';
import type { Input, ReadOptions } from './inputs.js';
import type { JsonRecord } from './json-value.js';
import { hashedPromptId } from './prompt-id.js';
import { readRecords } from './records.js';
import type { RowPlace } from './row-place.js';

/**
 * Each non-blank line of the inputs, in order, as soon as it has arrived: the row or the RowError it is.
 * `index` runs on over all inputs, and where there are several `file` says which.
 * An abort ends the rows without an error; leaving early closes the input.
 * @throws StarlingError E_READ
 */
export async function* readRows(inputs: readonly Input[], options: ReadOptions): AsyncGenerator<Row | RowError> {
  const several = inputs.length > 1;
  for await (const row of readRecords(inputs, options, rowOf)) {
    yield several && !(row instanceof RowError) ? { ...row, file: row.place.file } : row;
  }
}

function rowOf(record: JsonRecord, place: RowPlace): Row {
  const conversation = conversationOf(record, place);
  const answers = answersOf(record, place);
  const id = optionalId(record.id, 'id', place);
  const promptId = optionalId(record.prompt_id, 'prompt_id', place);
  const source = optionalNames(record.source, 'source', place);
  const turns = optionalCount(record.turns, 'turns', place);
  const goodNatured = optionalFlag(record.good_natured, 'good_natured', place);
  return {
    index: place.row,
    ...(id !== undefined && { id }),
    promptId: promptId === undefined ? hashedPromptId(conversation) : String(promptId),
    conversation,
    answers,
    ...(source && { source }),
    ...(turns !== undefined && { turns }),
    ...(goodNatured !== undefined && { goodNatured }),
    place,
    record,
  };
}
