/** One of `count` shards of the whole input. */
export interface Shard {
  /** From 0. */
  index: number;
  count: number;
}

/** Rows of a block stay together. Rows of one prompt often follow each other, so that a shard can compute their prompt once. */
export const BLOCK_ROWS = 64;

/** More shards than this are a mistake, and their numbers would need more digits in the names of files. */
export const MOST_SHARDS = 99_999;

/** Whether there is such a shard. */
export function isShard({ index, count }: Shard): boolean {
  return index < count && count <= MOST_SHARDS;
}

/** The number of the shard that a row is in: blocks of 64 rows go to the shards in turn. @param row index in the whole input */
export function shardOf(row: number, count: number): number {
  return Math.floor(row / BLOCK_ROWS) % count;
}

/** `3/64`, as `--shard` and run records have it. */
export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** The shard that a text names; `undefined` for another text. The index may be too large for the count. */
export function shardInText(text: string): Shard | undefined {
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(text) ?? [];
  return index === undefined ? undefined : { index: Number(index), count: Number(count) };
}
