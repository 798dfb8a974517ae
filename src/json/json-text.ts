import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';

/** Marks a string that holds the digits of an integer. It is random, so no input can contain it. */
const MARK = `${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');

/** A string, which is skipped, or an integer with too many digits for a number to be surely exact. */
const STRING_OR_LONG = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
const LONG = /\d{16}/;

/** A value as JSON, with bigints as integers. @throws RangeError if it is nested too deeply */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? MARK + item : item)).replace(MARKED, '$1');
  }
}

/** Characters of a value that a message shows. */
const MOST_SHOWN = 100;

/** A value of a JSON file as a message shows it, shortened if it is long. */
export function shownJson(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  } catch {
    return 'a value that is nested too deeply';
  }
}

/** Parses JSON. Integers that a number cannot hold exactly become bigints. @throws SyntaxError as `JSON.parse` does */
export function jsonValue(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!LONG.test(text)) return value;
  const marked = text.replace(STRING_OR_LONG, (found) =>
    found.startsWith('"') || Number.isSafeInteger(Number(found)) ? found : `"${MARK}${found}"`,
  );
  return JSON.parse(marked, (_, item) =>
    typeof item === 'string' && item.startsWith(MARK) ? BigInt(item.slice(MARK.length)) : item,
  );
}

/** Bytes as a JSON string: UTF-8 is decoded, as some writers of Parquet and Arrow do not mark text as text; other bytes become base64. */
export function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(isUtf8(bytes) ? 'utf8' : 'base64');
}

/** An integer as a number if a number holds it exactly, else as a bigint. */
export function plainInteger(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
