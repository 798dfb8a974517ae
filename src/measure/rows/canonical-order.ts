import { placesByKey } from './grouped-by.js';

/** Rows as columns of numbers: of each row, and of each of its answers. */
export interface RowColumns {
  readonly clusters: number;
  readonly clusterOf: Int32Array;
  readonly answers: Int32Array;
  /** Places of each row's answers. */
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
 * The places of the rows by what the rows are, not by when they came: by prompt, and those of a prompt by their numbers. Rows that are
 * equal by this are equal in all that is measured of them. So sums that are added in this order have the same bits however the
 * rows were shuffled.
 *
 * @param runs the same rows with the rewards of one or more runs; prompts and models are numbered in the order of their names
 */
export function canonicalOrder(runs: readonly [RowColumns, ...RowColumns[]]): Int32Array {
  const [{ clusterOf, clusters }] = runs;
  const byNumbers = runs.map(comparator);
  const byPositions = runs.map(({ positions, starts, ends }) => rangeComparator([positions], starts, ends));
  // Positions come last: only what is about positions may depend on them.
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

/** Compares rows by the number of their labelled answers, then by each column of these in turn. */
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
