import { messageOf, type Refused, RowError } from '../../../contracts/errors.js';
import { isObject, type JsonObject } from '../../../json/json-object.js';
import { jsonValue } from '../../../json/json-text.js';
import type { RawRecord } from '../raw-record.js';
import type { RowPlace } from '../row-place.js';
import { invalidUtf8At } from '../utf8.js';
import { checkJson } from './json-check.js';
import { nameOf } from './json-value.js';
import type { Line } from './lines.js';

const MEBIBYTE = 2 ** 20;

const SPACE = 0x20;
const ASCII = 0x7f;

export interface JsonLimits {
  /** Bytes of the longest line that is kept, and of the text of a record that is no line. */
  maxLineBytes: number;
  /** Lists and objects within each other. */
  maxNesting: number;
}

/** The record in a line, or in what stands between two commas of an array; `undefined` if there are only blanks. */
export function jsonRecord({ number, byte, bytes }: Line, position: number, limits: JsonLimits): RawRecord | undefined {
  if (bytes !== undefined && isBlank(bytes)) return undefined;
  return {
    position,
    place: { line: number, byte },
    value: (place) => {
      if (bytes === undefined) throw tooLong(limits.maxLineBytes, place);
      const invalidAt = invalidUtf8At(bytes);
      if (invalidAt !== undefined) throw notUtf8(invalidAt, place);
      return parsed(bytes.toString('utf8'), limits, place);
    },
    refused: (): Refused | undefined => {
      if (bytes === undefined) return undefined;
      const isText = invalidUtf8At(bytes) === undefined;
      return isText ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
    },
  };
}

/** Only what begins like a blank is looked at as a whole: that a record was used is known without reading its text. */
function isBlank(bytes: Buffer): boolean {
  const mayBe = bytes.length === 0 || bytes[0] <= SPACE || bytes[0] > ASCII;
  return mayBe && invalidUtf8At(bytes) === undefined && bytes.toString('utf8').trim() === '';
}

/** The record itself, if it is an object. Throws a RowError E_NOT_OBJECT if not. */
export function recordIn(value: unknown, place: RowPlace): JsonObject {
  if (isObject(value)) return value;
  const remedy = Array.isArray(value) ? `; jq -c '.[]' makes lines of an array` : '';
  throw new RowError('E_NOT_OBJECT', `found ${nameOf(value)}, expected one JSON object a line${remedy}`, place);
}

function tooLong(maxBytes: number, place: RowPlace): RowError {
  const message = `the line is longer than ${sizeText(maxBytes)}; shorten it, or allow more with --max-line`;
  return new RowError('E_LINE_TOO_LONG', message, place);
}

/** Nothing is replaced in silence. */
function notUtf8(at: number, place: RowPlace): RowError {
  const message = `invalid UTF-8 at byte ${at} of the line, counted from 0; convert the file to UTF-8, as iconv does`;
  return new RowError('E_UTF8', message, place);
}

/** `--max-line` counts mebibytes, and so does what is said of it. */
export function sizeText(bytes: number): string {
  return bytes % MEBIBYTE === 0 ? `${bytes / MEBIBYTE} MiB` : `${bytes} bytes`;
}

function parsed(text: string, { maxNesting }: JsonLimits, place: RowPlace): unknown {
  const found = checkJson(text, maxNesting);
  if (found?.kind === 'nesting') {
    const message = `more than ${maxNesting} lists and objects within each other, at column ${found.column}; flatten it, or allow more with --max-nesting`;
    throw new RowError('E_NESTING', message, place);
  }
  const value = parsedText(text, place);
  if (found === undefined) return value;
  const message = `the key ${JSON.stringify(found.key)} stands twice in one object, again at column ${found.column}; remove one`;
  throw new RowError('E_DUPLICATE_KEY', message, place);
}

function parsedText(text: string, place: RowPlace): unknown {
  try {
    return jsonValue(text);
  } catch (cause) {
    const said = messageOf(cause);
    const message = `not JSON: ${withColumn(said)}; expected one JSON object a line, as jq -c writes${hint(text)}`;
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

/** A remedy for what people often have instead of JSON lines. */
function hint(text: string): string {
  // Python's json.dumps writes numbers that JSON does not have.
  const [, literal] = /[[:,]\s*(NaN|-?Infinity)\b/.exec(text) ?? [];
  if (literal !== undefined) return `; JSON has no ${literal}: write null`;
  if (text.startsWith('\uFEFF'))
    return '; the line begins with a byte order mark (U+FEFF), as where files were joined: remove it';
  if (/^[^[{"\t,]*[\t,]/.test(text))
    return '; tables of text (TSV, CSV) are not read: make JSON lines, Parquet or Arrow of them';
  return '';
}
