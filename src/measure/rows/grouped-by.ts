/** For each key from 0 the places that have it, in ascending order. @param keys of all places, each less than `count` */
export function groupedBy(keys: Int32Array, count: number): Int32Array[] {
  const ends = new Int32Array(count);
  for (const key of keys) ends[key] += 1;
  for (let key = 1; key < count; key++) ends[key] += ends[key - 1];
  const ordered = new Int32Array(keys.length);
  const next = ends.slice();
  for (let place = keys.length - 1; place >= 0; place--) ordered[--next[keys[place]]] = place;
  return Array.from(next, (start, key) => ordered.subarray(start, ends[key]));
}
