/** A text as a regular expression, with the flag u, that matches it alone. */
export function literalPattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
