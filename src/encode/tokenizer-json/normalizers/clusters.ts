const SEGMENTER = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** UTF-16 units that are looked at at once: the segmenter takes a time that grows with the square of them. */
const STRETCH = 256;

/** The clusters of a text in order: letters with their marks, emoji that are joined, CR LF (Unicode's extended grapheme clusters). */
export function* clusters(text: string): Generator<string> {
  let units = STRETCH;
  for (let start = 0; start < text.length; ) {
    const end = endOf(text, start + units);
    const found = Array.from(SEGMENTER.segment(text.slice(start, end)), ({ segment }) => segment);
    // The last one may go on behind the stretch.
    if (end < text.length) found.pop();
    yield* found;
    for (const { length } of found) start += length;
    units = found.length === 0 ? 2 * units : STRETCH;
  }
}

/** Not within a character. */
function endOf(text: string, wished: number): number {
  if (wished >= text.length) return text.length;
  return (text.charCodeAt(wished - 1) & 0xfc00) === 0xd800 ? wished - 1 : wished;
}
