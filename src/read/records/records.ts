import { RowError } from '../../contracts/errors.js';
import type { Input, ReadOptions } from '../inputs/inputs.js';
import type { RawRecord } from './raw-record.js';
import type { RowPlace } from './row-place.js';
import { openSource } from './source.js';
import { checkTextSize } from './text-size.js';

/** Converts a raw record to a row or a ranking. @throws RowError if it cannot be converted */
type Convert<T> = (value: unknown, place: RowPlace) => T;

/**
 * Reads and converts the records of the inputs in order, each as soon as it arrives. A record that cannot be converted becomes a RowError.
 * An abort ends the records without an error.
 * @throws StarlingError E_READ, E_USAGE
 */
export async function* readRecords<T extends object>(
  inputs: readonly Input[],
  options: ReadOptions,
  convert: Convert<T>,
): AsyncGenerator<T | RowError> {
  let before = 0;
  for (const input of inputs) {
    if (options.signal?.aborted) return;
    before += yield* recordsOf(input, before, options, convert);
  }
}

/** @returns the number of records of the input */
async function* recordsOf<T extends object>(
  input: Input,
  before: number,
  options: ReadOptions,
  convert: Convert<T>,
): AsyncGenerator<T | RowError, number> {
  const { signal } = options;
  try {
    const source = await openSource(input, options);
    for await (const batch of source.batches) {
      for (const raw of batch) {
        if (signal?.aborted) return 0;
        yield converted(raw, { file: input.name, ...raw.place, row: before + raw.position }, options, convert);
      }
    }
    return source.count();
  } catch (error) {
    // After an abort, compressed data seems to end too early.
    if (signal?.aborted) return 0;
    throw error;
  }
}

function converted<T>(
  raw: RawRecord,
  place: RowPlace,
  { maxLineBytes }: ReadOptions,
  convert: Convert<T>,
): T | RowError {
  try {
    const value = raw.value(place);
    if (place.line === undefined) checkTextSize(value, maxLineBytes, place);
    return convert(value, place);
  } catch (error) {
    if (!(error instanceof RowError)) throw error;
    error.refused = raw.refused();
    return error;
  }
}
