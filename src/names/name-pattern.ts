/** One byte or a range of bytes inside brackets. */
const ITEM = '(?:.-.|.(?!-))';
/** The parts of a pattern: stars, `?` for any byte, a set in brackets (`!` inverts it; `]` may come first), or a literal byte. */
const PART = new RegExp(String.raw`\*+|\?|\[(!?)(${ITEM}(?:(?!\])${ITEM})*)\]|.`, 'gs');

/**
 * Makes a test of whether a name matches a pattern of `*`, `?`, `[abc]`, `[a-z]` and `[!a]`. Names are compared byte by byte, there are no
 * escapes, and an unclosed bracket matches nothing, as when DuckDB expanded patterns.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const source = bytesOf(pattern).replace(PART, (part: string, not?: string, items?: string) => {
    if (items !== undefined) return `[${not === '!' ? '^' : ''}${bytesIn(items)}]`;
    if (part.startsWith('*')) return '.*';
    if (part === '?') return '.';
    return part === '[' ? '[]' : escaped(part.charCodeAt(0));
  });
  const whole = new RegExp(`^${source}$`, 's');
  return (name) => whole.test(bytesOf(name));
}

/** One character for each byte. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function bytesIn(items: string): string {
  const ranges = (items.match(/.-.|./gs) ?? []).map((item) => [signed(item, 0), signed(item, item.length - 1)]);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const isIn = (byte: number) =>
    ranges.some(([first, last]) => first <= (byte << 24) >> 24 && (byte << 24) >> 24 <= last);
  return bytes.filter(isIn).map(escaped).join('');
}

/** A byte as a signed number: bytes of non-ASCII letters sort before ASCII. */
function signed(item: string, at: number): number {
  return (item.charCodeAt(at) << 24) >> 24;
}

function escaped(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
