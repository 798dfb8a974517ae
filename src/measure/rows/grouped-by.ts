/** For each key from 0 to `count - 1`, the indexes in `keys` at which it is, ascending. */
export function groupedBy(keys: Int32Array, count: number): Int32Array[] {
  const { places, starts } = placesByKey(keys, count);
  return Array.from(starts, (start, key) => places.subarray(start, starts[key + 1]));
}

/** Counting sort: indexes in `keys` sorted by key, then ascending, and where the indexes of each key start. */
export function placesByKey(keys: Int32Array, count: number): { places: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(count);
  for (const key of keys) starts[key] += 1;
  for (let key = 1; key < count; key++) starts[key] += starts[key - 1];
  const places = new Int32Array(keys.length);
  // From the ends of the keys to their starts.
  for (let place = keys.length - 1; place >= 0; place--) places[--starts[keys[place]]] = place;
  return { places, starts };
}
