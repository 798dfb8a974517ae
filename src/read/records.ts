import { RowError } from '../errors.js';
import { readBytes } from './bytes.js';
import { decompressed } from './decompressed.js';
import type { Input, ReadOptions } from './inputs.js';
import { recordIn, textOf } from './json-line.js';
import type { JsonRecord } from './json-value.js';
import { type Line, LineSplitter } from './lines.js';
import { plainText } from './plain-text.js';
import type { RowPlace } from './row-place.js';

/** Makes of a record what it stands for. Throws a RowError if it cannot. */
type Convert<T> = (record: JsonRecord, place: RowPlace) => T;

/**
 * Each non-blank line of the inputs, in order, as soon as it has arrived: what its record stands for, or the RowError it is.
 * An abort ends it without an error.
 * @throws StarlingError E_READ
 */
export async function* readRecords<T extends object>(
  inputs: readonly Input[],
  { maxLineBytes, signal, onBytes }: ReadOptions,
  convert: Convert<T>,
): AsyncGenerator<T | RowError> {
  let row = 0;
  for (const input of inputs) {
    const splitter = new LineSplitter(maxLineBytes);
    for await (const lines of readLines(input, splitter, signal)) {
      for (const line of lines) {
        if (signal?.aborted) return;
        const place = { file: input.name, line: line.number, row };
        onBytes?.((line.bytes?.length ?? 0) + 1);
        const read = readLine(line, splitter.maxBytes, place, convert);
        if (read === undefined) continue;
        row += 1;
        yield read;
      }
    }
  }
}

/** The lines of a file, those of one piece of it at a time. */
async function* readLines(
  input: Input,
  splitter: LineSplitter,
  signal: AbortSignal | undefined,
): AsyncGenerator<Iterable<Line>> {
  const leaving = new AbortController();
  const bytes = readBytes(input, AbortSignal.any([leaving.signal, ...(signal ? [signal] : [])]));
  const unpacked = decompressed(bytes, input.name, () => leaving.abort());
  try {
    for await (const piece of plainText(unpacked, input.name)) yield splitter.push(piece);
    yield splitter.end();
  } catch (error) {
    // An abort looks like the end of the input to whoever unpacks it, in the middle of what is packed.
    if (!signal?.aborted) throw error;
  }
}

/** `undefined` for a blank line. */
function readLine<T>(line: Line, maxBytes: number, place: RowPlace, convert: Convert<T>): T | RowError | undefined {
  try {
    const text = textOf(line, maxBytes, place);
    return text === undefined ? undefined : convert(recordIn(text, place), place);
  } catch (error) {
    if (error instanceof RowError) return error;
    throw error;
  }
}
