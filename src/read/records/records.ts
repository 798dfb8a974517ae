import { RowError } from '../../contracts/errors.js';
import type { GroupOptions } from '../groups/group-options.js';
import { readGroups } from '../groups/read-groups.js';
import type { Input, ReadOptions } from '../inputs/inputs.js';
import { idIn } from '../shapes/fields.js';
import type { RawRecord } from './raw-record.js';
import type { RowPlace } from './row-place.js';
import { openSource } from './source.js';
import { checkTextSize } from './text-size.js';

/** Converts a raw record to a row or a ranking. @throws RowError if it cannot be converted */
type Convert<T> = (value: unknown, place: RowPlace) => T;

/** Records that this run does not use, by their position in the whole input. Their values are not read. */
export interface DoneRecords<Done> {
  isDone(row: number): boolean;
  /** What is given in place of one. */
  standIn(row: number): Done;
}

/**
 * Reads and converts the records of the inputs in order, each as soon as it arrives. A record that cannot be converted becomes a RowError.
 * An abort ends the records without an error.
 * @throws StarlingError E_READ, E_USAGE
 */
export async function* readRecords<T extends object, Done = never>(
  inputs: readonly Input[],
  options: ReadOptions,
  convert: Convert<T>,
  done?: DoneRecords<Done>,
): AsyncGenerator<T | RowError | Done> {
  if (options.group !== undefined) return yield* groupedRecords(inputs, options, options.group, convert, done);
  let before = 0;
  for (const input of inputs) {
    if (options.signal?.aborted) return;
    before += yield* recordsOf(input, before, options, convert, done);
  }
}

/** @returns the number of records of the input */
async function* recordsOf<T extends object, Done>(
  input: Input,
  before: number,
  options: ReadOptions,
  convert: Convert<T>,
  done: DoneRecords<Done> | undefined,
): AsyncGenerator<T | RowError | Done, number> {
  const { signal } = options;
  const isDone = done && ((position: number) => done.isDone(before + position));
  try {
    const source = await openSource(input, { ...options, isDone });
    for await (const batch of source.batches) {
      for (const raw of batch) {
        if (signal?.aborted) return 0;
        const place = { file: input.name, ...raw.place, row: before + raw.position };
        yield done?.isDone(place.row) ? done.standIn(place.row) : converted(raw, place, options, convert);
      }
    }
    return source.count();
  } catch (error) {
    // After an abort, compressed data seems to end too early.
    if (signal?.aborted) return 0;
    throw error;
  }
}

/** The groups of long tables in place of their rows. */
async function* groupedRecords<T extends object, Done>(
  inputs: readonly Input[],
  options: ReadOptions,
  group: GroupOptions,
  convert: Convert<T>,
  done: DoneRecords<Done> | undefined,
): AsyncGenerator<T | RowError | Done> {
  let row = 0;
  for await (const one of readGroups(inputs, options, group)) {
    const raw = one.raw(row);
    const place = { ...raw.place, row };
    row++;
    if (done?.isDone(place.row)) yield done.standIn(place.row);
    else {
      const made = converted(raw, place, options, convert);
      yield made instanceof RowError ? one.located(made) : made;
    }
  }
}

function converted<T>(
  raw: RawRecord,
  place: RowPlace,
  { maxLineBytes }: ReadOptions,
  convert: Convert<T>,
): T | RowError {
  let value: unknown;
  try {
    value = raw.value(place);
    if (place.line === undefined) checkTextSize(value, maxLineBytes, place);
    return convert(value, place);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    error.refused = raw.refused();
    error.id ??= idIn(value);
    if (error.id === undefined) delete error.id;
    return error;
  }
}
