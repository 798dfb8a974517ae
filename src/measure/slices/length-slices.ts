import { quantile } from '../bootstrap/quantile.js';
import type { RowSlices } from './row-slices.js';

const QUARTERS = [0.25, 0.5, 0.75, 1];

/** Slices of rows by quartile of the mean length of their answers. @param means of each row, in Unicode code points */
export function lengthSlices(means: Float64Array): RowSlices {
  const ascending = means.slice().sort();
  const ends = [...new Set(QUARTERS.map((p) => (means.length === 0 ? 0 : Math.ceil(quantile(ascending, p)))))];
  const sliceOf = Int32Array.from(means, (mean) => ends.findIndex((end) => mean <= end));
  return {
    by: 'length',
    values: ends.map((end, i) => (i === 0 ? `up to ${end}` : `over ${ends[i - 1]} to ${end}`)),
    inOrder: true,
    ofRow: (row) => sliceOf.subarray(row, row + 1),
  };
}

export function meanLength(lengths: readonly number[]): number {
  return lengths.reduce((a, b) => a + b, 0) / lengths.length;
}
