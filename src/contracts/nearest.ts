/** Edits of a slip of the pen; more make another word. */
const MOST_EDITS = 3;
/** So many letters are the beginning of a name. */
const BEGINNING = 3;

/**
 * The candidate with the fewest edits from `word`, the first of several; of those that begin with `word`, if any do. `undefined` where
 * none is near: three edits at most, and no more than half of its letters.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const begun = word.length < BEGINNING ? [] : candidates.filter((one) => one.startsWith(word));
  const most = Math.min(MOST_EDITS, Math.floor(word.length / 2));
  const near = begun.length > 0 ? begun : candidates.filter((one) => edits(word, one) <= most);
  return near.toSorted((a, b) => edits(word, a) - edits(word, b))[0];
}

/**
 * The candidates from the nearest to `word` to the farthest: those in which it stands first, then by their edits. Of a path, as
 * `scores.helpful`, the last part counts as well.
 */
export function nearestFirst(word: string, candidates: readonly string[]): string[] {
  const ranked = candidates.map((one) => ({ one, holds: one.includes(word), distance: distance(word, one) }));
  return ranked.sort((a, b) => Number(b.holds) - Number(a.holds) || a.distance - b.distance).map(({ one }) => one);
}

function distance(word: string, path: string): number {
  return Math.min(edits(word, path), edits(word, path.slice(path.lastIndexOf('.') + 1)));
}

/** Levenshtein distance in UTF-16 units, row by row. */
function edits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, above[j] + 1, row[j - 1] + 1));
    }
    above = row;
  }
  return above[b.length];
}
