/** Compares texts by their UTF-16 code units, which is the same on every machine; a locale is not. */
export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
