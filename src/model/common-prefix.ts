/** Length of the common prefix of two lists. */
export function commonPrefixLength(first: Int32Array, second: Int32Array): number {
  const most = Math.min(first.length, second.length);
  let same = 0;
  while (same < most && first[same] === second[same]) same++;
  return same;
}
