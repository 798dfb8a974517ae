import type { RowError } from '../contracts/errors.js';
import { jsonText } from '../json/json-text.js';

/** A refused row as one line of JSON: where it stood, why it was refused, and what stood there as far as it was kept. */
export function rejectLine({ code, message, place, refused }: RowError): string {
  const { row, record, ...where } = place;
  // What stood there may be a record itself.
  const position = record === undefined ? {} : { position: record };
  return `${jsonText({ index: row, ...where, ...position, code, reason: message, ...refused })}\n`;
}
