/** More edits make another word, not a typo. */
const MOST_EDITS = 3;
/** Letters that a word needs to count as the beginning of a name. */
const BEGINNING = 3;

/**
 * The candidate with the fewest edits from `word`, the first of several. Candidates that begin with `word` exclude all others.
 * `undefined` if no candidate is near: within three edits, and within half as many as `word` has letters.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const begun = word.length < BEGINNING ? [] : candidates.filter((one) => one.startsWith(word));
  const most = Math.min(MOST_EDITS, Math.floor(word.length / 2));
  const near = begun.length > 0 ? begun : candidates.filter((one) => edits(word, one) <= most);
  return near.toSorted((a, b) => edits(word, a) - edits(word, b))[0];
}

/**
 * The candidates sorted by distance from `word`: first those that contain it, then by the number of edits. For a path such as
 * `scores.helpful` the edits to its last part count if they are fewer.
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
