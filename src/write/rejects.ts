import { ErrorLine } from '../contracts/error-line.js';
import type { RowError } from '../contracts/errors.js';
import { jsonText } from '../json/json-text.js';

/** A refused row as one line of JSON: its place, the reason, and its content as far as it was kept. */
export function rejectLine({ code, message, place, refused }: RowError): string {
  const { row, record, ...where } = place;
  // The content of the row may itself be called `record`.
  const position = record === undefined ? {} : { position: record };
  return `${jsonText({ index: row, ...where, ...position, code, reason: message, ...refused })}\n`;
}

/** The line in place of a refused row's ranking. @param namesFile whether rankings name their input */
export function errorLineOf({ code, message, place, id }: RowError, namesFile: boolean): ErrorLine {
  const { row = -1, file, ...within } = place;
  return new ErrorLine({ index: row, file: namesFile ? file : undefined, id, error: { code, message, ...within } });
}
