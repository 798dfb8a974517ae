import { RowError, StarlingError } from '../../contracts/errors.js';
import { isObject } from '../../json/json-object.js';
import type { RawRecord } from '../records/raw-record.js';
import { openSource } from '../records/source.js';
import { answerFields, at, type FieldNames } from '../shapes/named-fields.js';
import { isLikeRow } from '../shapes/shapes.js';
import { isJsonName } from './file-names.js';
import type { OnPassedOver } from './folder-files.js';
import type { Input, ReadOptions } from './inputs.js';

/** A first line with which JSON of several lines begins, or JSON with comments. */
const BEGINS_LONGER = /^\s*([{[]|\/[/*].*)\s*$/;

/** Lines within which an object of several lines ends if it is a row. */
const LINES_OF_A_ROW = 1000;

export interface InspectOptions extends ReadOptions {
  fields?: FieldNames;
  /** Whether a bad row ends the run. */
  stopsAtBadRow?: boolean;
}

const NO_ROWS = 'no rows';
const MOST_NAMED = 5;

/**
 * The inputs that hold rows or rankings, after a look at each that is a file: what is wrong with its beginning, or with the end of
 * Parquet, is known before anything of another is used. Of `.json` files that were found in a folder, those whose first record is neither
 * a row nor a ranking are left out.
 * @throws StarlingError E_READ, E_USAGE as reading them does; E_NO_INPUT if a folder has no others; E_SHAPE if another file of a folder
 * begins so and would end the run
 */
export async function inspected(
  inputs: readonly Input[],
  options: InspectOptions,
  onPassedOver: OnPassedOver,
): Promise<readonly Input[]> {
  const kept: Input[] = [];
  const left: Input[] = [];
  for (const input of inputs) {
    if (options.signal?.aborted) return inputs;
    const isKept = input.folder === undefined || !isJsonName(input.name) || (await hasRows(input, options));
    (isKept ? kept : left).push(input);
    if (isKept && inputs.length > 1 && input.size !== undefined) await begin(input, options);
  }
  for (const { folder } of left) if (!kept.some((input) => input.folder === folder)) throw noRows(folder, left);
  for (const { name } of left) onPassedOver(name, NO_ROWS);
  return kept;
}

function noRows(folder: string | undefined, left: readonly Input[]): StarlingError {
  const names = left.filter((input) => input.folder === folder).map(({ name }) => name);
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
  const message = `this folder has no files of rows; its .json files begin with none: ${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  return new StarlingError('E_NO_INPUT', message, { file: folder });
}

/** Throws what is wrong with the beginning of a file. What is no plain file can be read only once, so it waits for its turn. */
async function begin(input: Input, options: InspectOptions): Promise<void> {
  const [first] = await firstRecords(input, 1, options);
  if (first === undefined || input.folder === undefined || !options.stopsAtBadRow) return;
  const value = valueIn(first, input.name);
  if (!isObject(value) || value instanceof RowError || isLikeOne(value, options)) return;
  const message =
    'the first record of this file of the folder is neither a row nor a ranking; name the files to read, or go past it with --on-error skip';
  throw new StarlingError('E_SHAPE', message, { file: input.name, ...first.place });
}

async function hasRows(input: Input, options: InspectOptions): Promise<boolean> {
  const [first] = await firstRecords(input, 1, { ...options, where: undefined });
  if (first === undefined) return true;
  const value = valueIn(first, input.name);
  if (value instanceof RowError) return !BEGINS_LONGER.test(textOf(first)) || isLongRow(input, options);
  return isLikeOne(value, options);
}

/** Whether a row stands in several lines, which reading it then refuses. */
async function isLongRow(input: Input, options: InspectOptions): Promise<boolean> {
  const lines = await firstRecords(input, LINES_OF_A_ROW, { ...options, where: undefined });
  try {
    return isLikeOne(JSON.parse(lines.map(textOf).join('\n')), options);
  } catch {
    return false;
  }
}

/** Whether a value is like a row or a ranking, right or wrong. Bare lists of texts are rows only in files that are surely of rows. */
function isLikeOne(value: unknown, { fields = {} }: InspectOptions): boolean {
  if (!isObject(value)) return false;
  return (
    value.scores !== undefined || isLikeRow(value) || namesOf(fields).some((name) => at(value, name) !== undefined)
  );
}

function namesOf({ prompt, answers }: FieldNames): string[] {
  return [...(prompt === undefined ? [] : [prompt]), ...(answers === undefined ? [] : answerFields(answers))];
}

function valueIn(record: RawRecord, file: string): unknown {
  try {
    return record.value({ file, row: record.position, ...record.place });
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}

function textOf(record: RawRecord): string {
  const refused = record.refused();
  return refused !== undefined && 'text' in refused ? refused.text : '';
}

/** The input is begun, even for none. */
async function firstRecords(input: Input, count: number, options: ReadOptions): Promise<RawRecord[]> {
  const records: RawRecord[] = [];
  const { batches } = await openSource(input, options);
  for await (const batch of batches) {
    for (const record of batch) {
      if (records.length === count) return records;
      records.push(record);
    }
    if (records.length === count) break;
  }
  return records;
}
