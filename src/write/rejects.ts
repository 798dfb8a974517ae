import type { RowError } from '../errors.js';
import { jsonText } from '../json-text.js';

/** A refused row as one line of JSON: where it stood, why it was refused, and what stood there as far as it was kept. */
export function rejectLine({ code, message, place, refused }: RowError): string {
  const { row, ...where } = place;
  return `${jsonText({ index: row, ...where, code, reason: message, ...refused })}\n`;
}
