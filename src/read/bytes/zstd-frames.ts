import { ByteQueue } from './byte-queue.js';
import { Damage } from './damage.js';

/** Bytes of the largest block, packed or not. */
export const MOST_OF_A_BLOCK = 2 ** 17;
/** Limit of a frame's window in bytes: the default of the zstd command. */
const MOST_WINDOW = 2 ** 27;

const FRAME = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const FRAME_BYTES = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const SKIPPABLE_BYTES = Array.from({ length: 16 }, (_, i) => Buffer.from([0x50 + i, 0x2a, 0x4d, 0x18]));
/** The first bytes of Zstandard data. pzstd begins with a skippable frame. */
export const ZSTD_MAGICS: readonly Buffer[] = [FRAME_BYTES, ...SKIPPABLE_BYTES];

const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** A part of a frame that the library can decode separately. */
export interface FramePart {
  kind: 'header' | 'block' | 'checksum';
  bytes: Buffer;
  /** Offset in the compressed data. */
  at: number;
  /** Whether it is the last part of the frame. */
  last: boolean;
}

/**
 * Cuts compressed bytes into the parts of Zstandard frames (RFC 8878, 3.1) and skips skippable frames. It refuses truncated data, other
 * bytes after a frame, and too large windows. A part unpacks to at most 128 KiB.
 * Each generator must be read to its end before the next piece is pushed.
 * @throws Damage
 */
export class ZstdFrames {
  readonly #held = new ByteQueue();
  #at = 0;
  #next: 'frame' | 'block' | 'checksum' = 'frame';
  /** Bytes of a skippable frame that have not arrived. */
  #skipping = 0;
  #most = 0;
  #hasChecksum = false;

  *push(piece: Buffer): Generator<FramePart> {
    this.#held.push(piece);
    for (let part = this.#part(); part !== undefined; part = this.#part()) yield part;
  }

  /** Compressed bytes in complete parts. */
  get at(): number {
    return this.#at;
  }

  end(): void {
    const rest = this.#held.front(this.#held.length) ?? Buffer.alloc(0);
    if (this.#next === 'frame' && this.#skipping === 0) {
      if (rest.length === 0) return;
      if (!ZSTD_MAGICS.some((magic) => startsAlike(rest, magic))) throw this.#otherBytes();
    }
    throw new Damage('ends too early', this.#at + rest.length);
  }

  #part(): FramePart | undefined {
    if (this.#next === 'block') return this.#block();
    if (this.#next === 'checksum') return this.#take('checksum', 4, true);
    this.#skip();
    return this.#skipping > 0 ? undefined : this.#header();
  }

  /** Skips complete skippable frames, and the bytes of an incomplete one that have arrived. */
  #skip(): void {
    for (;;) {
      const dropped = this.#held.drop(this.#skipping);
      this.#skipping -= dropped;
      this.#at += dropped;
      const start = this.#skipping === 0 ? this.#held.front(8) : undefined;
      if (start === undefined || !isSkippable(start)) return;
      this.#skipping = 8 + start.readUInt32LE(4);
    }
  }

  #header(): FramePart | undefined {
    const magic = this.#held.front(4);
    if (magic === undefined || isSkippable(magic)) return undefined;
    if (magic.readUInt32LE() !== FRAME) throw this.#otherBytes();
    const descriptor = this.#held.front(5)?.[4];
    if (descriptor === undefined) return undefined;
    const part = this.#take('header', headerLength(descriptor), false);
    if (part === undefined) return undefined;
    const { window, hasChecksum } = checkedHeader(part);
    this.#most = Math.min(window, MOST_OF_A_BLOCK);
    this.#hasChecksum = hasChecksum;
    this.#next = 'block';
    return part;
  }

  #block(): FramePart | undefined {
    const header = this.#held.front(3)?.readUIntLE(0, 3);
    if (header === undefined) return undefined;
    const kind = (header >> 1) & 3;
    const size = header >> 3;
    if (kind === RESERVED_BLOCK || size > this.#most) throw new Damage('is damaged (invalid block)', this.#at);
    const last = (header & 1) === 1;
    const part = this.#take('block', 3 + (kind === RLE_BLOCK ? 1 : size), last && !this.#hasChecksum);
    if (part && last) this.#next = this.#hasChecksum ? 'checksum' : 'frame';
    return part;
  }

  #take(kind: FramePart['kind'], length: number, last: boolean): FramePart | undefined {
    const bytes = this.#held.front(length);
    if (bytes === undefined) return undefined;
    const at = this.#at;
    this.#held.drop(length);
    this.#at += length;
    if (last) this.#next = 'frame';
    return { kind, bytes, at, last };
  }

  #otherBytes(): Damage {
    if (this.#at === 0) return new Damage('is damaged (invalid frame header)', 0);
    return new Damage('is followed by other bytes', this.#at, `head -c ${this.#at}`);
  }
}

function isSkippable(start: Buffer): boolean {
  return (start.readUInt32LE() & ~0xf) === SKIPPABLE;
}

function startsAlike(bytes: Buffer, magic: Buffer): boolean {
  const length = Math.min(bytes.length, magic.length);
  return bytes.subarray(0, length).equals(magic.subarray(0, length));
}

/** Bytes of the optional fields of a header, by the bits of its descriptor (RFC 8878, 3.1.1.1.1). */
function fieldLengths(descriptor: number): { window: number; dictionary: number; size: number } {
  const single = (descriptor & 0x20) !== 0;
  return {
    window: single ? 0 : 1,
    dictionary: [0, 1, 2, 4][descriptor & 3],
    size: [single ? 1 : 0, 2, 4, 8][descriptor >> 6],
  };
}

function headerLength(descriptor: number): number {
  const { window, dictionary, size } = fieldLengths(descriptor);
  return 5 + window + dictionary + size;
}

function checkedHeader({ bytes, at }: FramePart): { window: number; hasChecksum: boolean } {
  const descriptor = bytes[4];
  if ((descriptor & 8) !== 0) throw new Damage('is damaged (invalid frame header)', at);
  const lengths = fieldLengths(descriptor);
  const sizeAt = 5 + lengths.window + lengths.dictionary;
  const window = lengths.window === 1 ? windowOf(bytes[5]) : contentSize(bytes.subarray(sizeAt));
  if (window > MOST_WINDOW) throw tooLargeWindow(window, at);
  const dictionary = lengths.dictionary && bytes.readUIntLE(5 + lengths.window, lengths.dictionary);
  if (dictionary !== 0) throw new Damage(`needs dictionary ${dictionary}`, at, 'zstd -dc -D DICTIONARY');
  return { window, hasChecksum: (descriptor & 4) !== 0 };
}

function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}

function tooLargeWindow(window: number, at: number): Damage {
  const mebibytes = Math.ceil(window / 2 ** 20);
  const message = `needs a window of ${mebibytes} MiB, more than the ${MOST_WINDOW / 2 ** 20} MiB that zstd allows by default`;
  return new Damage(message, at, `zstd -dc --memory=${mebibytes}MB`);
}
