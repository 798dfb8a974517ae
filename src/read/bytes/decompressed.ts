import { setImmediate } from 'node:timers/promises';
import { StarlingError } from '../../contracts/errors.js';
import { startsWith } from '../records/format.js';
import { Damage } from './damage.js';
import { GZIP_MAGIC, gunzipped } from './gzip.js';
import { NoAddressSpace } from './no-address-space.js';
import { pipeHint } from './pipe-hint.js';
import { ZSTD_MAGICS } from './zstd-frames.js';

export interface UnpackOptions {
  /** Bytes that one file may unpack to. */
  maxUnpackedBytes: number;
  /** An abort ends the pieces without an error. */
  signal?: AbortSignal;
}

interface Kind {
  name: string;
  /** First bytes, with which no line of JSON begins. */
  magics: readonly Buffer[];
  unpack(pieces: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
}

const KINDS: readonly Kind[] = [
  { name: 'gzip', magics: [GZIP_MAGIC], unpack: gunzipped },
  { name: 'Zstandard', magics: ZSTD_MAGICS, unpack: unzstdLater },
];
const MAGICS = KINDS.flatMap(({ magics }) => magics);

const GIBIBYTE = 2 ** 30;

/** Unpacked bytes after which signals and timers get a turn, as a few compressed bytes can become gigabytes. */
const BREATH_BYTES = 2 ** 20;

/**
 * The bytes of a file, unpacked if it is compressed. The bytes before a damaged place are yielded before the error.
 * @param close ends the pieces, even while the next one is awaited
 * @throws StarlingError E_READ if a compressed file is damaged, ends too early, is followed by other bytes, needs more memory than zstd
 * allows by default, or unpacks to more than `maxUnpackedBytes`; E_RESOURCES if WebAssembly lacks address space
 */
export async function* decompressed(
  pieces: AsyncIterable<Buffer>,
  file: string,
  close: () => void,
  options: UnpackOptions,
): AsyncGenerator<Buffer> {
  const source = new Source(pieces);
  try {
    const head = await source.head();
    const kind = KINDS.find(({ magics }) => magics.some((magic) => startsWith(head, magic)));
    if (kind === undefined) yield* source.pieces(head);
    else yield* unpacked(kind, source, head, file, options);
  } finally {
    // Without this, leaving would wait for the next piece if it was requested already.
    close();
    await source.return();
  }
}

/** The pieces of a file, with a count of the bytes read. */
class Source {
  readonly #pieces: AsyncIterator<Buffer>;
  bytes = 0;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The first bytes, as many as are needed to recognize the kind of compression. */
  async head(): Promise<Buffer> {
    let head = Buffer.alloc(0);
    while (MAGICS.some((magic) => head.length < magic.length && startsWith(magic, head))) {
      const piece = await this.#next();
      if (piece === undefined) break;
      head = Buffer.concat([head, piece]);
    }
    return head;
  }

  async *pieces(head: Buffer): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    for (let piece = await this.#next(); piece !== undefined; piece = await this.#next()) yield piece;
  }

  async return(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#pieces.next();
    if (done) return undefined;
    this.bytes += value.length;
    return value;
  }
}

async function* unpacked(
  { name, unpack }: Kind,
  source: Source,
  head: Buffer,
  file: string,
  { maxUnpackedBytes, signal }: UnpackOptions,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let breath = 0;
  try {
    for await (const piece of unpack(source.pieces(head))) {
      bytes += piece.length;
      if (bytes > maxUnpackedBytes) throw tooMuch(maxUnpackedBytes, name, source.bytes, file);
      if (piece.length > 0) yield piece;
      if (bytes - breath < BREATH_BYTES) continue;
      breath = bytes;
      await setImmediate();
      if (signal?.aborted) return;
    }
  } catch (cause) {
    // After an abort, the data seems to end too early.
    if (signal?.aborted) return;
    if (cause instanceof NoAddressSpace) throw noAddressSpace(cause, file);
    throw cause instanceof Damage ? damaged(cause, name, bytes, file) : cause;
  }
}

/** Loads the library only when a file needs it. */
async function* unzstdLater(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const { unzstd } = await import('./zstd.js');
  yield* unzstd(pieces);
}

function damaged(cause: Damage, name: string, bytes: number, file: string): StarlingError {
  const where = `after ${bytes} unpacked bytes, at byte ${cause.at} of the file`;
  const remedy = cause.command === undefined ? 'copy it again' : pipeHint(cause.command, file);
  return new StarlingError('E_READ', `the ${name} data ${cause.message}, ${where}; ${remedy}`, { file }, cause);
}

function noAddressSpace(cause: NoAddressSpace, file: string): StarlingError {
  return new StarlingError('E_RESOURCES', `${cause.message}, or ${pipeHint('zstd -dc', file)}`, { file }, cause);
}

function tooMuch(most: number, name: string, read: number, file: string): StarlingError {
  const gibibytes = Number((most / GIBIBYTE).toPrecision(3));
  const message = `the ${name} data unpacks to more than ${gibibytes} GiB (${most} bytes), by byte ${read} of the file; if it should, allow more GiB with --max-unpacked`;
  return new StarlingError('E_READ', message, { file });
}
