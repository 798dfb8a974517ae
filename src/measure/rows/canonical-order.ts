import { placesByKey } from './grouped-by.js';

/** Rows as columns of numbers, one item a row or one item an answer. */
export interface RowColumns {
  /** The number of prompts, and the number of each row's prompt. */
  readonly clusters: number;
  readonly clusterOf: Int32Array;
  /** The number of each row's answers, labelled or not. */
  readonly answers: Int32Array;
  /** The labelled answers of row i are at `starts[i]` to `ends[i] - 1` of the columns below. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly labels: Float64Array;
  readonly scores: Float64Array;
  readonly lengths: Float64Array;
  readonly labelScores: Float64Array;
  readonly modelOf: Int32Array;
  readonly positions: Int32Array;
}

/**
 * Sorts rows by content: by prompt, then by their numbers. Rows that compare equal are equal in everything that is measured. So sums in
 * this order have the same bits, whatever the order in which the rows were added.
 *
 * @param runs the same rows with the rewards of one or more runs; prompts and models are numbered in the order of their names
 * @returns the index of the row that comes first, then of the second, and so on
 */
export function canonicalOrder(runs: readonly [RowColumns, ...RowColumns[]]): Int32Array {
  const [{ clusterOf, clusters }] = runs;
  const byNumbers = runs.map(comparator);
  const byPositions = runs.map(({ positions, starts, ends }) => rangeComparator([positions], starts, ends));
  // Positions come last: only statistics of positions may depend on them.
  const comparators = [...byNumbers, ...byPositions];
  const compare = (a: number, b: number) => {
    for (const one of comparators) {
      const order = one(a, b);
      if (order !== 0) return order;
    }
    return 0;
  };
  const { places, starts } = placesByKey(clusterOf, clusters);
  starts.forEach((start, cluster) => {
    const end = starts[cluster + 1] ?? places.length;
    if (end - start > 1) places.subarray(start, end).sort(compare);
  });
  return places;
}

type Compare = (a: number, b: number) => number;

function comparator({ answers, labels, scores, lengths, labelScores, modelOf, starts, ends }: RowColumns): Compare {
  const ranges = rangeComparator([labels, scores, lengths, labelScores, modelOf], starts, ends);
  return (a, b) => answers[a] - answers[b] || ranges(a, b);
}

/** Compares rows by their number of labelled answers, then by each column in turn. */
function rangeComparator(columns: readonly ArrayLike<number>[], starts: Int32Array, ends: Int32Array): Compare {
  return (a, b) => {
    const count = ends[a] - starts[a];
    const longer = count - (ends[b] - starts[b]);
    if (longer !== 0) return longer;
    for (const column of columns) {
      for (let i = 0; i < count; i++) {
        const order = byNumber(column[starts[a] + i], column[starts[b] + i]);
        if (order !== 0) return order;
      }
    }
    return 0;
  };
}

/** Ascending, NaN last. */
function byNumber(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
