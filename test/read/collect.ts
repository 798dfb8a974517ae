import { LIMITS, openInputs } from '../../src/read/inputs/inputs.js';
import { readRows } from '../../src/read/rows.js';

export const MAX_LINE_BYTES = 4096;

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function rowsOf(...paths: string[]) {
  return collect(readRows(await openInputs(paths), { ...LIMITS, maxLineBytes: MAX_LINE_BYTES }));
}
