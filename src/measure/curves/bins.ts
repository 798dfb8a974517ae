const MOST_BINS = 10;

/**
 * Where bins of ascending values begin: a bin for each value if there are at most ten different ones, else at the deciles; equal
 * values are never parted.
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

/** The bin of a value that is at least the first start. */
export function binOf(value: number, starts: readonly number[]): number {
  let bin = 0;
  while (bin + 1 < starts.length && starts[bin + 1] <= value) bin++;
  return bin;
}
