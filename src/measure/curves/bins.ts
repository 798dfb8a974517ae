const MOST_BINS = 10;

/**
 * Lower edges of the bins of ascending values. Up to ten distinct values get one bin each; more are split at the deciles. Equal values
 * always share a bin.
 */
export function binStarts(ascending: Float64Array): number[] {
  const distinct: number[] = [];
  for (let i = 0; i < ascending.length && distinct.length <= MOST_BINS; i++) {
    if (ascending[i] !== distinct.at(-1)) distinct.push(ascending[i]);
  }
  if (distinct.length <= MOST_BINS) return distinct;
  const deciles = Array.from(
    { length: MOST_BINS },
    (_, bin) => ascending[Math.floor((bin * ascending.length) / MOST_BINS)],
  );
  return [...new Set(deciles)];
}

/** Index of the bin that holds `value`. @param value at least the first of `starts` */
export function binOf(value: number, starts: readonly number[]): number {
  let bin = 0;
  while (bin + 1 < starts.length && starts[bin + 1] <= value) bin++;
  return bin;
}
