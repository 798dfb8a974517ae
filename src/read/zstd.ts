import { ZSTDDecoder } from 'zstddec/stream';
import { Damage } from './damage.js';
import { type FramePart, MOST_OF_A_BLOCK, ZstdFrames } from './zstd-frames.js';

// Compiling takes 25 ms: whoever needs this file now and then imports it then.
const library = new ZSTDDecoder();
await library.init();

/** The bytes that Zstandard frames hold, as they arrive, 128 KiB at most at a time. Throws Damage. */
export async function* unzstd(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = new ZstdFrames();
  const unpacking = new FrameUnpacker();
  try {
    for await (const piece of pieces) {
      for (const part of frames.push(piece)) yield unpacking.unpack(part);
    }
    frames.end();
  } finally {
    unpacking.close();
  }
}

/**
 * The `size` bytes that a buffer of Zstandard frames holds, as in an Arrow IPC body.
 * @throws Damage also if they are not as many; before memory is taken for more than such a buffer can hold
 */
export function unzstdBuffer(packed: Uint8Array, size: number): Uint8Array {
  const parts = partsOf(packed);
  if (size < 0 || size > parts.length * MOST_OF_A_BLOCK) throw otherSize(size);
  const unpacking = new FrameUnpacker();
  const unpacked = new Uint8Array(size);
  let length = 0;
  try {
    for (const part of parts) {
      const bytes = unpacking.unpack(part);
      if (length + bytes.length > size) throw otherSize(size);
      unpacked.set(bytes, length);
      length += bytes.length;
    }
  } finally {
    unpacking.close();
  }
  if (length < size) throw otherSize(size);
  return unpacked;
}

function partsOf(packed: Uint8Array): FramePart[] {
  const frames = new ZstdFrames();
  const parts = [...frames.push(Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength))];
  frames.end();
  return parts;
}

function otherSize(size: number): Damage {
  return new Damage(`is damaged (it does not unpack to ${size} bytes)`, 0);
}

/**
 * Gives the parts of frames to the library, one at a time. The library tells nothing of an error: it just does not take
 * the next part, or does not end with the last.
 */
class FrameUnpacker {
  #given: FramePart | undefined;
  #taken: FramePart | undefined;
  #output: Generator<Uint8Array> | undefined;

  /** What the part holds: nothing for a header or a checksum. A damaged block may show at the part after it. */
  unpack(part: FramePart): Buffer {
    this.#output ??= library.decodeStreaming(this.#input());
    this.#given = part;
    const bytes = this.#step().value;
    if (this.#given !== undefined || bytes === undefined) throw damaged(this.#taken ?? part);
    if (part.last) this.#end(part);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Frees what a frame that was left early holds. */
  close(): void {
    if (this.#output === undefined) return;
    this.#given = undefined;
    try {
      this.#step();
    } catch {
      // The frame is not complete, which is known.
    }
  }

  *#input(): Generator<Uint8Array> {
    while (this.#given !== undefined) {
      this.#taken = this.#given;
      this.#given = undefined;
      yield this.#taken.bytes;
    }
  }

  #end(part: FramePart): void {
    if (this.#step().done !== true) throw damaged(part);
    this.#output = undefined;
  }

  #step(): IteratorResult<Uint8Array | undefined> {
    try {
      return this.#output?.next() ?? { done: true, value: undefined };
    } catch {
      throw damaged(this.#taken);
    }
  }
}

function damaged(part: FramePart | undefined): Damage {
  const what =
    part?.kind === 'checksum' ? 'the checksum of what was unpacked is another' : `a ${part?.kind} that is none`;
  return new Damage(`is damaged (${what})`, part?.at ?? 0);
}
