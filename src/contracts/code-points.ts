const HIGH_SURROGATE = /[\ud800-\udbff]/;

/** The number of Unicode code points in a text. */
export function codePoints(text: string): number {
  // Most texts have none, and testing for one is many times faster than walking the code points.
  if (!HIGH_SURROGATE.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}
