import type { RowError } from '../contracts/errors.js';
import type { Input, ReadOptions } from './inputs/inputs.js';
import { recordIn } from './records/json/json-line.js';
import { readRecords } from './records/records.js';
import type { FieldNames } from './shapes/names.js';
import { namesFoundIn } from './shapes/shapes.js';

/**
 * The names under which each record is read as it was recognized.
 * @param names what the user named; the others are guessed
 * @throws StarlingError E_READ, E_USAGE
 */
export function readFoundFields(
  inputs: readonly Input[],
  options: ReadOptions,
  names: FieldNames,
): AsyncGenerator<FieldNames | RowError> {
  return readRecords(inputs, options, (value, place) => namesFoundIn(recordIn(value, place), names, place));
}
