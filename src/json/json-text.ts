import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';

/** Stands before the digits of an integer while it is a string. No input can know it. */
const MARK = `${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');

/** A string, which is passed over, or an integer of so many digits that a number may not hold it. */
const STRING_OR_LONG = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
const LONG = /\d{16}/;

/** A value as JSON. A bigint is the integer that it is. Throws a RangeError where it is nested too deep. */
export function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? MARK + item : item)).replace(MARKED, '$1');
  }
}

/** Characters of a value in a message. */
const MOST_SHOWN = 100;

/** A value of a JSON file as a message shows it: its beginning, where it is long. */
export function shownJson(value: unknown): string {
  try {
    const text = JSON.stringify(value) ?? 'nothing';
    return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
  } catch {
    return 'a value that is nested too deep';
  }
}

/** What JSON says, an integer that no number holds as a bigint. Throws a SyntaxError as `JSON.parse` does. */
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

/** Bytes as JSON holds them: as the text that they are, since some writers of Parquet and Arrow do not mark text as text, else in base64. */
export function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(isUtf8(bytes) ? 'utf8' : 'base64');
}

/** An integer as a number where that holds it. */
export function plainInteger(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
