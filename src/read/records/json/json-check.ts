import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COLON, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-characters.js';
/** A problem that JSON.parse accepts. Columns count UTF-16 units from 1. */
export type JsonFinding = { kind: 'nesting'; column: number } | { kind: 'duplicate'; key: string; column: number };

/**
 * Finds nesting deeper than `maxNesting`, else the first key that occurs twice in its object. It scans the text once. If the text is not
 * valid JSON, a repeated key means nothing, but nesting is still right.
 */
export function checkJson(text: string, maxNesting: number): JsonFinding | undefined {
  /** The keys of each open object; `undefined` for an open list. */
  const open: (Set<string> | undefined)[] = [];
  let duplicate: JsonFinding | undefined;
  let last = { start: 0, end: 0 };
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      last = { start: at, end: stringEnd(text, at) };
      at = last.end - 1;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (open.length === maxNesting) return { kind: 'nesting', column: at + 1 };
      open.push(code === OPEN_BRACE ? new Set() : undefined);
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) open.pop();
    else if (code === COLON) duplicate ??= repeated(text, last, open.at(-1));
  }
  return duplicate;
}

/** The end of the string that begins at `start`, after its closing quote. */
function stringEnd(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** Adds the key between `start` and `end` to the keys of its object. @returns a finding if it is there already */
function repeated(
  text: string,
  { start, end }: { start: number; end: number },
  keys: Set<string> | undefined,
): JsonFinding | undefined {
  const spelt = text.slice(start + 1, end - 1);
  const key = spelt.includes('\\') ? unescaped(spelt) : spelt;
  if (keys?.has(key)) return { kind: 'duplicate', key, column: start + 1 };
  keys?.add(key);
  return undefined;
}

function unescaped(spelt: string): string {
  try {
    return String(JSON.parse(`"${spelt}"`));
  } catch {
    return spelt;
  }
}
