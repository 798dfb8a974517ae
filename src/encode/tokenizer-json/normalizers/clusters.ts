const SEGMENTER = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** UTF-16 units that are segmented at once. The segmenter's time grows with their square. */
const STRETCH = 256;

/** The extended grapheme clusters of a text, in order: letters with their marks, joined emoji, CR LF. */
export function* clusters(text: string): Generator<string> {
  let units = STRETCH;
  for (let start = 0; start < text.length; ) {
    const end = endOf(text, start + units);
    const found = Array.from(SEGMENTER.segment(text.slice(start, end)), ({ segment }) => segment);
    // The last cluster may continue after the stretch.
    if (end < text.length) found.pop();
    yield* found;
    for (const { length } of found) start += length;
    units = found.length === 0 ? 2 * units : STRETCH;
  }
}

/** The nearest end that does not split a surrogate pair. */
function endOf(text: string, wished: number): number {
  if (wished >= text.length) return text.length;
  return (text.charCodeAt(wished - 1) & 0xfc00) === 0xd800 ? wished - 1 : wished;
}
