/** The items from `start` to `end - 1` as an ordinary array. For few items this is many times faster than `Array.from`. */
export function part(values: ArrayLike<number>, start: number, end: number): number[] {
  const items: number[] = [];
  for (let i = start; i < end; i++) items.push(values[i]);
  return items;
}
