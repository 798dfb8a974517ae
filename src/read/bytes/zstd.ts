import { messageOf } from '../../contracts/errors.js';
import { Damage, otherSize } from './damage.js';
import { PartDecoder } from './libzstd.js';
import { type FramePart, MOST_OF_A_BLOCK, ZstdFrames } from './zstd-frames.js';

/** Unpacks Zstandard frames as they arrive, in pieces of at most 128 KiB. @throws Damage */
export async function* unzstd(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const frames = new ZstdFrames();
  const decoder = new PartDecoder();
  try {
    for await (const piece of pieces) {
      for (const part of frames.push(piece)) yield unpack(decoder, part);
    }
    frames.end();
  } finally {
    decoder.free();
  }
}

/**
 * Unpacks a buffer of Zstandard frames to `size` bytes, as in an Arrow IPC body.
 * @throws Damage if it is damaged or has another size; a size that it cannot have is refused before memory is allocated
 */
export function unzstdBuffer(packed: Uint8Array, size: number): Uint8Array {
  const parts = partsOf(packed);
  if (size < 0 || size > parts.length * MOST_OF_A_BLOCK) throw otherSize(size);
  const decoder = new PartDecoder();
  const unpacked = new Uint8Array(size);
  let length = 0;
  try {
    for (const part of parts) {
      const bytes = unpack(decoder, part);
      if (length + bytes.length > size) throw otherSize(size);
      unpacked.set(bytes, length);
      length += bytes.length;
    }
  } finally {
    decoder.free();
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

function unpack(decoder: PartDecoder, { bytes, at, last }: FramePart): Buffer {
  try {
    return decoder.unpack(bytes, last);
  } catch (cause) {
    throw new Damage(`is damaged (${messageOf(cause)})`, at);
  }
}
