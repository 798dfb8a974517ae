import { RowError } from '../../contracts/errors.js';
import { sizeText } from './json/json-line.js';
import type { RowPlace } from './row-place.js';

/** A UTF-16 unit is three bytes of UTF-8 at most. */
const MOST_BYTES_A_UNIT = 3;

/**
 * Applies the limit of a line's length to a record without lines, as in Parquet: the size of all its texts, without names of fields.
 * @param maxBytes limit in bytes of UTF-8
 * @throws RowError E_LINE_TOO_LONG
 */
export function checkTextSize(record: unknown, maxBytes: number, place: RowPlace): void {
  if (MOST_BYTES_A_UNIT * sumOf(record, ({ length }) => length) <= maxBytes) return;
  if (sumOf(record, (text) => Buffer.byteLength(text)) <= maxBytes) return;
  const message = `the row holds more than ${sizeText(maxBytes)} of text; shorten it, or allow more with --max-line`;
  throw new RowError('E_LINE_TOO_LONG', message, place);
}

function sumOf(value: unknown, size: (text: string) => number): number {
  if (typeof value === 'string') return size(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + sumOf(item, size), 0);
}
