import { shortestFirst } from '../rows/shortest-first.js';

/** Rows parted by what they have in common; a row may be in several slices. */
export interface RowSlices {
  readonly by: string;
  /** Of the slices, by number; `null` for the rows without a value. */
  readonly values: readonly (string | null)[];
  /** Whether the values stand in an order of their own. */
  readonly inOrder?: boolean;
  /** Numbers of the slices that a row is in. @param added its place among the rows as they were added */
  ofRow(added: number): Int32Array;
}

/** As many as anybody reads. */
const MOST_SLICES = 64;

export interface ShownSlices {
  /** Numbers of the slices, in the order in which they are shown. */
  shown: number[];
  leftOut: number;
}

/** The largest slices: in their own order, or numbers ascending, or the largest first and those of equal size by name; `null` is last. @param sizes rows (or comparisons) of each */
export function shownSlices(
  { values, inOrder = false }: Pick<RowSlices, 'values' | 'inOrder'>,
  sizes: readonly number[],
): ShownSlices {
  const byValue = (a: number, b: number) => (inOrder ? a - b : byName(values[a], values[b]));
  const bySize = [...values.keys()].sort((a, b) => sizes[b] - sizes[a] || byValue(a, b));
  const kept = bySize.filter((slice) => sizes[slice] > 0);
  const numeric = values.every((value) => value === null || (value !== '' && Number.isFinite(Number(value))));
  const shown = kept.slice(0, MOST_SLICES);
  if (inOrder) shown.sort((a, b) => a - b);
  else if (numeric) shown.sort((a, b) => Number(values[a]) - Number(values[b]) || byValue(a, b));
  return {
    shown: [...shown.filter((slice) => values[slice] !== null), ...shown.filter((slice) => values[slice] === null)],
    leftOut: kept.length - shown.length,
  };
}

function byName(a: string | null, b: string | null): number {
  return Number(a === null) - Number(b === null) || shortestFirst(a ?? '', b ?? '');
}

/** Rows of each slice. */
export function rowsOfSlices(slices: RowSlices, rows: number): number[] {
  const sizes = slices.values.map(() => 0);
  for (let row = 0; row < rows; row++) for (const slice of slices.ofRow(row)) sizes[slice] += 1;
  return sizes;
}
