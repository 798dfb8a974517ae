/** Escapes a text so that, as a regular expression with the flag u, it matches only itself. */
export function literalPattern(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
