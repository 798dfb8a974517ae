import { RowError } from '../errors.js';
import { isRecord, type JsonRecord, nameOf } from './json-value.js';
import type { Line } from './lines.js';
import type { RowPlace } from './row-place.js';
import { invalidUtf8At } from './utf8.js';

const MEBIBYTE = 2 ** 20;

/**
 * The text of a line, `undefined` if it is blank.
 * Throws a RowError: E_LINE_TOO_LONG, or E_UTF8, for nothing is replaced in silence.
 */
export function textOf({ bytes }: Line, maxBytes: number, place: RowPlace): string | undefined {
  if (bytes === undefined) {
    const message = `the line is longer than ${sizeText(maxBytes)}; shorten it, or allow more with --max-line`;
    throw new RowError('E_LINE_TOO_LONG', message, place);
  }
  const at = invalidUtf8At(bytes);
  if (at !== undefined) {
    const message = `invalid UTF-8 at byte ${at} of the line, counted from 0; convert the file to UTF-8, as iconv does`;
    throw new RowError('E_UTF8', message, place);
  }
  const text = bytes.toString('utf8');
  return text.trim() === '' ? undefined : text;
}

/** `--max-line` counts mebibytes, and so does what is said of it. */
function sizeText(bytes: number): string {
  return bytes % MEBIBYTE === 0 ? `${bytes / MEBIBYTE} MiB` : `${bytes} bytes`;
}

/** The JSON object in a line. Throws a RowError: E_JSON or E_NOT_OBJECT. */
export function recordIn(text: string, place: RowPlace): JsonRecord {
  const value = parsed(text, place);
  if (isRecord(value)) return value;
  const remedy = Array.isArray(value) ? `; jq -c '.[]' makes lines of an array` : '';
  throw new RowError('E_NOT_OBJECT', `found ${nameOf(value)}, expected one JSON object a line${remedy}`, place);
}

function parsed(text: string, place: RowPlace): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    const message = `not JSON: ${withColumn(said)}; expected one JSON object a line, as jq -c writes`;
    throw new RowError('E_JSON', message, place, cause);
  }
}

/**
 * What JSON.parse said; a column from 1, in UTF-16 units, takes the place of the position that it may tell.
 * It may quote the line, whose control characters must not reach a terminal.
 */
function withColumn(said: string): string {
  return said
    .replace(/(?: in JSON)? at position (\d+).*/, (_, position) => ` at column ${Number(position) + 1}`)
    .replace(/\p{Cc}/gu, ' ');
}
