import { RowError, StarlingError } from '../../contracts/errors.js';
import { isObject } from '../../json/json-object.js';
import { isJsonName } from '../../names/data-names.js';
import { isErrorRecord } from '../error-lines.js';
import type { RawRecord } from '../records/raw-record.js';
import { openSource } from '../records/source.js';
import { at, type FieldNames, listedNames } from '../shapes/names.js';
import { isLikeRow } from '../shapes/shapes.js';
import type { OnPassedOver } from './folder-files.js';
import type { Input, ReadOptions } from './inputs.js';

/** The first line of pretty-printed JSON, or of JSON with comments. */
const BEGINS_LONGER = /^\s*([{[]|\/[/*].*)\s*$/;

/** Number of lines that a pretty-printed row may have. */
const LINES_OF_A_ROW = 1000;

export interface InspectOptions extends ReadOptions {
  fields?: FieldNames;
  /** Whether a bad row ends the run. */
  stopsAtBadRow?: boolean;
}

const NO_ROWS = 'no rows';
const MOST_NAMED = 5;

/**
 * Selects the inputs with rows or rankings. The beginning of each file, and the end of Parquet, is read before any input is used, so that
 * errors there end the run early. A `.json` file found in a folder is left out if its first record is neither a row nor a ranking.
 * @throws StarlingError E_READ, E_USAGE as reading the inputs does; E_NO_INPUT if all files of a folder are left out; E_SHAPE if the first
 * record of another file of a folder is neither a row nor a ranking, and bad rows end the run
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
  const message = `this folder has no files of rows; its .json files do not begin with a row: ${names.slice(0, MOST_NAMED).join(', ')}${more}`;
  return new StarlingError('E_NO_INPUT', message, { file: folder });
}

/** Throws the errors of a file's beginning. Only regular files are checked, as others can be read only once. */
async function begin(input: Input, options: InspectOptions): Promise<void> {
  const [first] = await firstRecords(input, 1, options);
  if (first === undefined || input.folder === undefined || !options.stopsAtBadRow) return;
  const value = valueIn(first, input.name);
  if (!isObject(value) || value instanceof RowError || isLikeOne(value, options)) return;
  const message =
    'the first record of this file of the folder is neither a row nor a ranking; name the files to read, or skip it with --on-error skip';
  throw new StarlingError('E_SHAPE', message, { file: input.name, ...first.place });
}

async function hasRows(input: Input, options: InspectOptions): Promise<boolean> {
  const [first] = await firstRecords(input, 1, { ...options, where: undefined });
  if (first === undefined) return true;
  const value = valueIn(first, input.name);
  if (value instanceof RowError) return !BEGINS_LONGER.test(textOf(first)) || isLongRow(input, options);
  return isLikeOne(value, options);
}

/** Whether a file begins with a pretty-printed row. It is kept, so that reading it reports the error. */
async function isLongRow(input: Input, options: InspectOptions): Promise<boolean> {
  const lines = await firstRecords(input, LINES_OF_A_ROW, { ...options, where: undefined });
  try {
    return isLikeOne(JSON.parse(lines.map(textOf).join('\n')), options);
  } catch {
    return false;
  }
}

/** Whether a value resembles a row or a ranking, valid or not. A bare list of texts does not count, as other files have such lists too. */
function isLikeOne(value: unknown, { fields = {} }: InspectOptions): boolean {
  if (!isObject(value)) return false;
  return (
    value.scores !== undefined ||
    isErrorRecord(value) ||
    isLikeRow(value) ||
    namesOf(fields).some((name) => at(value, name) !== undefined)
  );
}

function namesOf({ prompt, answers }: FieldNames): string[] {
  return [...(prompt === undefined ? [] : [prompt]), ...(answers === undefined ? [] : listedNames(answers))];
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

/** The first records of an input. It is opened even if `count` is 0. */
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
