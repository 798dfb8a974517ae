import { shortestFirst } from '../rows/shortest-first.js';

/** A division of the rows into slices. A row may be in several. */
export interface RowSlices {
  readonly by: string;
  /** The value of each slice, by slice number; `null` for rows without a value. */
  readonly values: readonly (string | null)[];
  /** Whether the values are already in the order in which to show them. */
  readonly inOrder?: boolean;
  /** Numbers of the slices that a row is in. @param added index of the row in the order in which rows were added */
  ofRow(added: number): Int32Array;
}

/** A longer table would not be read to the end. */
const MOST_SLICES = 64;

export interface ShownSlices {
  /** Numbers of the slices, in the order in which they are shown. */
  shown: number[];
  leftOut: number;
}

/**
 * The largest slices that are not empty, in the order in which to show them. Values with an order of their own keep it. Numbers ascend.
 * Other values go by size, the largest first, then by name. `null` is last.
 *
 * @param sizes rows (or comparisons) of each slice
 */
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

/** The number of rows in each slice. */
export function rowsOfSlices(slices: RowSlices, rows: number): number[] {
  const sizes = slices.values.map(() => 0);
  for (let row = 0; row < rows; row++) for (const slice of slices.ofRow(row)) sizes[slice] += 1;
  return sizes;
}
