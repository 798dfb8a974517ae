import type { ReadOptions } from '../inputs/inputs.js';

type OnBytes = ReadOptions['onBytes'];

/** Share of a file's bytes that is told at a time; bytes where its size is not known. */
const STEP = 0.005;
const STEP_BYTES = 1024;

/** Gives pieces of a file on, and tells the bytes of each when all that it holds was taken; of small files in parts, for they are one piece. */
export async function* countedPieces(
  pieces: AsyncIterable<Buffer>,
  size: number | undefined,
  onBytes: OnBytes,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    const step = onBytes === undefined ? piece.length : Math.max(1, size === undefined ? STEP_BYTES : STEP * size);
    for (let at = 0; at < piece.length; at += Math.ceil(step)) {
      const part = piece.subarray(at, at + Math.ceil(step));
      yield part;
      onBytes?.(part.length);
    }
  }
}

/** The same for records that stand for so many bytes each. */
export function* countedRecords<Item>(records: Iterable<Item>, bytesEach: number, onBytes: OnBytes): Generator<Item> {
  for (const record of records) {
    yield record;
    onBytes?.(bytesEach);
  }
}
