/** An ordinary array of some items: what the statistics take, and many times faster than `Array.from` of so few. */
export function part(values: ArrayLike<number>, start: number, end: number): number[] {
  const items: number[] = [];
  for (let i = start; i < end; i++) items.push(values[i]);
  return items;
}
