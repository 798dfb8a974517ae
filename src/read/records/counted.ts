import type { ReadOptions } from '../inputs/inputs.js';

type OnBytes = ReadOptions['onBytes'];

/** Step of progress reports: a share of the file, or a number of bytes if the size is unknown. */
const STEP = 0.005;
const STEP_BYTES = 1024;

/** Passes pieces of a file on in small parts, and reports the bytes of each part once its rows were taken. */
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

/** The same for records, each of which counts as `bytesEach` bytes. */
export function* countedRecords<Item>(records: Iterable<Item>, bytesEach: number, onBytes: OnBytes): Generator<Item> {
  for (const record of records) {
    yield record;
    onBytes?.(bytesEach);
  }
}
