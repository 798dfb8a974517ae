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
  /** Maximum bytes of a line, or of all texts of a record in a format without lines. */
  maxLineBytes: number;
  /** Maximum depth of nested lists and objects. */
  maxNesting: number;
}

/** The record in a line, or in an element of an array; `undefined` if it is blank. */
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

/** Only a line that begins like a blank one is decoded: lines that an earlier run has used are passed over unread. */
function isBlank(bytes: Buffer): boolean {
  const mayBe = bytes.length === 0 || bytes[0] <= SPACE || bytes[0] > ASCII;
  return mayBe && invalidUtf8At(bytes) === undefined && bytes.toString('utf8').trim() === '';
}

/** Checks that a record is an object. @throws RowError E_NOT_OBJECT */
export function recordIn(value: unknown, place: RowPlace): JsonObject {
  if (isObject(value)) return value;
  const remedy = Array.isArray(value) ? `; jq -c '.[]' makes lines of an array` : '';
  throw new RowError('E_NOT_OBJECT', `found ${nameOf(value)}, expected one JSON object a line${remedy}`, place);
}

export function tooLong(maxBytes: number, place: RowPlace): RowError {
  const message = `the line is longer than ${sizeText(maxBytes)}; shorten it, or allow more with --max-line`;
  return new RowError('E_LINE_TOO_LONG', message, place);
}

/** Invalid UTF-8 is an error, as replacing it would silently change the text. */
export function notUtf8(at: number, place: RowPlace): RowError {
  const message = `invalid UTF-8 at byte ${at} of the line, counted from 0; convert the file to UTF-8, as iconv does`;
  return new RowError('E_UTF8', message, place);
}

/** A size for messages, in MiB like `--max-line` if possible. */
export function sizeText(bytes: number): string {
  return bytes % MEBIBYTE === 0 ? `${bytes / MEBIBYTE} MiB` : `${bytes} bytes`;
}

function parsed(text: string, { maxNesting }: JsonLimits, place: RowPlace): unknown {
  const found = checkJson(text, maxNesting);
  if (found?.kind === 'nesting') {
    const message = `more than ${maxNesting} nested lists and objects, at column ${found.column}; flatten it, or allow more with --max-nesting`;
    throw new RowError('E_NESTING', message, place);
  }
  const value = parsedText(text, place);
  if (found === undefined) return value;
  const message = `the key ${JSON.stringify(found.key)} occurs twice in one object, again at column ${found.column}; remove one`;
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
 * The message of JSON.parse with a column from 1, in UTF-16 units, in place of a position. The message may quote the line, so control
 * characters are removed, which must not reach a terminal.
 */
function withColumn(said: string): string {
  return said
    .replace(/(?: in JSON)? at position (\d+).*/, (_, position) => ` at column ${Number(position) + 1}`)
    .replace(/\p{Cc}/gu, ' ');
}

/** A remedy for common mistakes. */
function hint(text: string): string {
  // Python's json.dumps writes numbers that JSON does not have.
  const [, literal] = /[[:,]\s*(NaN|-?Infinity)\b/.exec(text) ?? [];
  if (literal !== undefined) return `; JSON has no ${literal}: write null`;
  if (text.startsWith('\uFEFF'))
    return '; the line begins with a byte order mark (U+FEFF), which joining files may leave: remove it';
  if (/^[^[{"\t,]*[\t,]/.test(text))
    return '; if this is a text table, name it .csv or .tsv, or give --input-format csv or tsv';
  return '';
}
