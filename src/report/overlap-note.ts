interface Counts {
  rows: number;
}

/** What a slice by model has: rows with an answer of the model, or pairs with one. */
export type SlicedByModel = 'rows' | 'pairs';

/**
 * Says that something counts in several slices, where it does.
 *
 * @param all the number of rows that are sliced
 */
export function overlapNote(
  by: string,
  slices: readonly Counts[],
  all: number,
  ofModel: SlicedByModel,
): string | undefined {
  if (slices.reduce((sum, { rows }) => sum + rows, 0) <= all) return undefined;
  if (by !== 'model') return 'Slices overlap: a row with several values counts in the slice of each.';
  return ofModel === 'pairs'
    ? 'Slices overlap: a pair of answers counts in the slices of both its models.'
    : 'Slices overlap: a row counts in the slice of each of its models.';
}
