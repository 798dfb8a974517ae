/** Compares texts by UTF-16 code units. Unlike a locale's order, this is the same on every machine. */
export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
