/** For each key from 0 the places that have it, in ascending order. @param keys of all places, each less than `count` */
export function groupedBy(keys: Int32Array, count: number): Int32Array[] {
  const { places, starts } = placesByKey(keys, count);
  return Array.from(starts, (start, key) => places.subarray(start, starts[key + 1]));
}

/** All places in the order of their keys, those of one key ascending, and where those of each key start. */
export function placesByKey(keys: Int32Array, count: number): { places: Int32Array; starts: Int32Array } {
  const starts = new Int32Array(count);
  for (const key of keys) starts[key] += 1;
  for (let key = 1; key < count; key++) starts[key] += starts[key - 1];
  const places = new Int32Array(keys.length);
  // From the ends of the keys to their starts.
  for (let place = keys.length - 1; place >= 0; place--) places[--starts[keys[place]]] = place;
  return { places, starts };
}
