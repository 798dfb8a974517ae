import { Damage, otherSize } from './damage.js';
import { unpackLz4Block } from './lz4-block.js';
import { xxh32 } from './xxh32.js';

const FRAME = 0x184d2204;
/** The largest possible ratio of compression: one byte of a length adds at most 255 bytes. */
const MOST_OF_A_BYTE = 255;
const PLAIN_BLOCK = 0x80000000;

/** The settings of a frame's blocks, from the frame descriptor. */
interface Blocks {
  /** Whether matches stay in their block. */
  independent: boolean;
  checked: boolean;
  /** Bytes that a block unpacks to at most. */
  most: number;
}

/**
 * Unpacks an LZ4 frame of `size` bytes, as in an Arrow IPC body. Checksums are verified if the frame has them.
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 * @throws Damage if the frame is damaged or has another size; a size that it cannot have is refused before memory is allocated
 */
export function unlz4Buffer(packed: Uint8Array, size: number): Uint8Array {
  const frame = new Frame(packed);
  const { blocks, checked } = readHeader(frame, size);
  if (size < 0 || size > MOST_OF_A_BYTE * packed.length) throw otherSize(size, frame.at);
  const unpacked = new Uint8Array(size);
  const length = unpackBlocks(frame, blocks, unpacked);
  if (length !== size) throw otherSize(size, frame.at);
  if (checked) frame.check(unpacked);
  if (frame.at < packed.length) throw new Damage('is followed by other bytes', frame.at);
  return unpacked;
}

/** Reads the fields of a frame in turn. */
class Frame {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw new Damage('ends too early', this.#bytes.length);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }

  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.at);
  }

  number(): number {
    this.take(4);
    return this.#view.getUint32(this.at - 4, true);
  }

  /** Reads the checksum of `bytes` and compares it. */
  check(bytes: Uint8Array): void {
    if (this.number() !== xxh32(bytes)) throw new Damage('is damaged (a checksum does not match)', this.at - 4);
  }
}

function readHeader(frame: Frame, size: number): { blocks: Blocks; checked: boolean } {
  if (frame.number() !== FRAME) throw new Damage('is damaged (invalid frame header)', 0);
  const start = frame.at;
  const [flags, limits] = frame.take(2);
  const mostBits = (limits >> 4) & 7;
  const known = flags >> 6 === 1 && (flags & 2) === 0 && (limits & 0x8f) === 0 && mostBits >= 4;
  if (!known) throw new Damage('is damaged (invalid frame header)', start);
  const stated = flags & 8 ? contentSize(frame.take(8)) : size;
  if (flags & 1) throw new Damage('needs a dictionary', start);
  checkHeader(frame, start);
  if (stated !== size) throw otherSize(size, start);
  const blocks = { independent: (flags & 0x20) !== 0, checked: (flags & 0x10) !== 0, most: 2 ** (8 + 2 * mostBits) };
  return { blocks, checked: (flags & 4) !== 0 };
}

function contentSize(field: Uint8Array): number {
  return Number(new DataView(field.buffer, field.byteOffset).getBigUint64(0, true));
}

/** The header ends with the second byte of the checksum of its other bytes, without the magic number. */
function checkHeader(frame: Frame, start: number): void {
  const sum = (xxh32(frame.since(start)) >> 8) & 0xff;
  if (frame.take(1)[0] !== sum) throw new Damage('is damaged (a checksum does not match)', frame.at - 1);
}

/** @returns the number of bytes written to `unpacked` */
function unpackBlocks(frame: Frame, { independent, checked, most }: Blocks, unpacked: Uint8Array): number {
  let length = 0;
  for (let head = frame.number(); head !== 0; head = frame.number()) {
    const at = frame.at;
    const block = frame.take(head % PLAIN_BLOCK);
    if (checked) frame.check(block);
    const target = unpacked.subarray(0, Math.min(length + most, unpacked.length));
    const end =
      head >= PLAIN_BLOCK
        ? copied(block, target, length)
        : unpackLz4Block(block, target, length, independent ? length : 0);
    if (end === undefined) throw new Damage('is damaged (invalid block)', at);
    length = end;
  }
  return length;
}

function copied(block: Uint8Array, target: Uint8Array, start: number): number | undefined {
  if (block.length > target.length - start) return undefined;
  target.set(block, start);
  return start + block.length;
}
