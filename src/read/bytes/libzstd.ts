import { ZSTDDecoder } from 'zstddec/stream';
import { NoAddressSpace } from './no-address-space.js';
import { MOST_OF_A_BLOCK } from './zstd-frames.js';

/** The functions of the C library (zstd.h) that are used here. Addresses and sizes are 32-bit numbers. */
interface Libzstd {
  memory: { buffer: ArrayBuffer };
  malloc(size: number): number;
  free(place: number): void;
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

const BLOCK_HEADER = 3;
/** Bytes of ZSTD_inBuffer and ZSTD_outBuffer: address, size and position. */
const BUFFER_STRUCT = 12;
/** Functions return these error codes negated (zstd_errors.h). */
const ERRORS: Readonly<Record<number, string>> = {
  20: 'a block is not valid',
  22: 'the checksum does not match the unpacked bytes',
  64: 'no memory is left to unpack it',
};
const MOST_ERROR = 120;

const library = await load();

/**
 * Loads the library, in 25 ms. The package's own functions around it ignore all errors and leak the memory of damaged frames, so the
 * exports of the WebAssembly are used directly.
 * @throws NoAddressSpace
 */
async function load(): Promise<Libzstd> {
  const decoder = new ZSTDDecoder();
  const keepInstance = decoder._init;
  return await new Promise((resolve, reject) => {
    decoder._init = (loaded: { instance: { exports: unknown } }) => {
      keepInstance(loaded);
      resolve(loaded.instance.exports as Libzstd);
    };
    withoutFetch(() => decoder.init()).catch((error: unknown) =>
      reject(error instanceof RangeError ? new NoAddressSpace(error) : error),
    );
  });
}

/**
 * Hides `fetch` from the package. With it, the package would fetch its own bytes, for which Node loads a second WebAssembly to parse HTTP.
 */
function withoutFetch<Result>(begin: () => Result): Result {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  Object.defineProperty(globalThis, 'fetch', { value: undefined, configurable: true });
  try {
    return begin();
  } finally {
    if (own !== undefined) Object.defineProperty(globalThis, 'fetch', own);
  }
}

/** Unpacks Zstandard frames part by part: a header, one block, or a checksum at a time. It has to be freed. */
export class PartDecoder {
  readonly #context = library.ZSTD_createDCtx();
  readonly #structs = library.malloc(2 * BUFFER_STRUCT + BLOCK_HEADER + 2 * MOST_OF_A_BLOCK);

  /**
   * Unpacks a part into a new buffer of at most 128 KiB.
   * @param last whether it is the last part of the frame
   * @throws Error naming the damage
   */
  unpack(part: Uint8Array, last: boolean): Buffer {
    if (this.#context === 0 || this.#structs === 0) throw new Error(ERRORS[64]);
    const output = this.#structs + BUFFER_STRUCT;
    const unpacked = output + BUFFER_STRUCT;
    const packed = unpacked + MOST_OF_A_BLOCK;
    new Uint8Array(library.memory.buffer, packed).set(part);
    new Uint32Array(library.memory.buffer, this.#structs).set([packed, part.length, 0, unpacked, MOST_OF_A_BLOCK, 0]);
    const status = library.ZSTD_decompressStream(this.#context, output, this.#structs);
    if (status < 0 && status >= -MOST_ERROR) throw new Error(ERRORS[-status] ?? `error ${-status} of zstd`);
    if ((status === 0) !== last) throw new Error(ERRORS[20]);
    // A new view, as the memory may have moved when it grew.
    const [, , taken, , , length] = new Uint32Array(library.memory.buffer, this.#structs);
    if (taken !== part.length) throw new Error(ERRORS[20]);
    return Buffer.from(new Uint8Array(library.memory.buffer, unpacked, length));
  }

  free(): void {
    library.free(this.#structs);
    library.ZSTD_freeDCtx(this.#context);
  }
}
