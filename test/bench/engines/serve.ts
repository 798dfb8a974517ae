import { createInterface } from 'node:readline';

/** Token ids of texts, to be padded on the right to `length`. */
export interface Batch {
  ids: number[][];
  length: number;
}

/** A batch as two row-major arrays [texts, length]. */
export interface Padded {
  dims: [number, number];
  ids: BigInt64Array<ArrayBuffer>;
  mask: BigInt64Array<ArrayBuffer>;
}

/** The mask hides padding, so any id can be used. */
const PAD = 0n;

export function padded({ ids: lists, length }: Batch): Padded {
  const ids = new BigInt64Array(lists.length * length).fill(PAD);
  const mask = new BigInt64Array(lists.length * length);
  for (const [text, list] of lists.entries()) {
    for (const [i, id] of list.entries()) ids[text * length + i] = BigInt(id);
    mask.fill(1n, text * length, text * length + list.length);
  }
  return { dims: [lists.length, length], ids, mask };
}

/** Answers each line `[Batch, …]` of standard input with a line of the rewards of all texts, until the input ends. */
export async function serve(rewards: (batch: Padded) => Promise<ArrayLike<number>>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const batches: Batch[] = JSON.parse(line);
    const found: number[] = [];
    for (const batch of batches) found.push(...Array.from(await rewards(padded(batch))));
    process.stdout.write(`${JSON.stringify(found)}\n`);
  }
}
