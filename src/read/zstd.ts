import { Decompress } from 'fzstd';

/** The library gives all that a push unpacks at once: 128 KiB for each 4 bytes at worst, so 128 MiB for these. */
const PUSHED_BYTES = 4096;
const NOTHING = new Uint8Array(0);

/** The bytes that Zstandard frames hold, as they arrive. Throws the library's error for what is damaged or ends too early. */
export async function* unzstd(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const unpacked: Buffer[] = [];
  // The library goes on to use the memory that it gives.
  const unpacking = new Decompress((chunk) => unpacked.push(Buffer.from(chunk)));
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length; start += PUSHED_BYTES) {
      unpacking.push(piece.subarray(start, start + PUSHED_BYTES));
      yield* unpacked.splice(0);
    }
  }
  unpacking.push(NOTHING, true);
  yield* unpacked.splice(0);
}
