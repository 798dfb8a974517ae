import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';
import { Damage } from './damage.js';

export const GZIP_MAGIC: Buffer = Buffer.from([0x1f, 0x8b]);

/** zlib's setting for the largest window with a gzip header and checksum. */
const GZIP_WINDOW_BITS = 15 + 16;
const UNPACKED_BYTES = 2 ** 16;

/** Unpacks gzip members as they arrive, in pieces of at most 64 KiB. @throws Damage */
export async function* gunzipped(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const members = new GzipMembers();
  for await (const piece of pieces) yield* members.push(piece);
  members.end();
}

/**
 * Unpacks consecutive members, as bgzip and `cat a.gz b.gz` write them. Zeros between and after members are skipped, as tapes have them.
 * Each generator must be read to its end before the next piece is pushed.
 */
class GzipMembers {
  readonly #stream = new ZStream();
  #first = true;
  #inMember = false;
  /** Compressed bytes before the current piece. */
  #at = 0;

  constructor() {
    zlibInflateInit2(this.#stream, GZIP_WINDOW_BITS);
  }

  *push(piece: Buffer): Generator<Buffer> {
    this.#stream.input = piece;
    let start = 0;
    while (start < piece.length) {
      if (!this.#inMember) start = this.#begin(piece, start);
      start = yield* this.#unpack(start);
    }
    this.#at += piece.length;
  }

  end(): void {
    if (this.#inMember) throw new Damage('ends too early', this.#at);
  }

  /** Skips zeros and begins a member. @returns the offset of the member in the piece */
  #begin(piece: Buffer, from: number): number {
    let start = from;
    while (!this.#first && piece[start] === 0) start += 1;
    if (start === piece.length) return start;
    if (piece[start] !== GZIP_MAGIC[0]) throw this.#otherBytes(start);
    zlibInflateReset(this.#stream);
    this.#inMember = true;
    return start;
  }

  /** Gives what the piece holds from `start` on, at most up to the end of the member, and returns where that is. */
  *#unpack(start: number): Generator<Buffer, number> {
    const stream = this.#stream;
    stream.next_in = start;
    stream.avail_in = stream.input.length - start;
    let status: number = this.#inMember ? Z_OK : Z_STREAM_END;
    while (status === Z_OK) {
      if (stream.avail_out === 0) this.#makeRoom();
      const from = stream.next_out;
      status = zlibInflate(stream, Z_NO_FLUSH);
      yield Buffer.from(stream.output.buffer, from, stream.next_out - from);
    }
    if (status === Z_STREAM_END) this.#inMember = this.#first = false;
    else if (status !== Z_BUF_ERROR) throw this.#damage();
    return stream.next_in;
  }

  /** Makes a new buffer, as pieces that were yielded are views of the old one. */
  #makeRoom(): void {
    this.#stream.output = new Uint8Array(UNPACKED_BYTES);
    this.#stream.next_out = 0;
    this.#stream.avail_out = UNPACKED_BYTES;
  }

  #damage(): Damage {
    const { msg, next_in, total_in } = this.#stream;
    if (!this.#first && msg === 'incorrect header check') return this.#otherBytes(next_in - total_in);
    return new Damage(`is damaged (${msg})`, this.#at + next_in);
  }

  #otherBytes(start: number): Damage {
    return new Damage('is followed by other bytes', this.#at + start, `head -c ${this.#at + start}`);
  }
}
