/**
 * The candidate with the fewest edits from `word`, the first of several; of those that begin with `word`, if any do.
 * `candidates` has at least one.
 */
export function nearest(word: string, candidates: readonly string[]): string {
  const begun = candidates.filter((one) => one.startsWith(word));
  return (begun.length > 0 ? begun : candidates).reduce((best, one) =>
    edits(word, one) < edits(word, best) ? one : best,
  );
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
