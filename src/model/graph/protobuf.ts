import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StarlingError } from '../../contracts/errors.js';

/** Bytes that are read at a time. */
const WINDOW = 2 ** 16;

/** Limit of fields. A graph of a hundred billion parameters has under a million, as the data of tensors is skipped. */
const MOST_FIELDS = 2 ** 24;

/** Wire types. No ONNX file has groups (3, 4). */
const VARINT = 0;
const BITS64 = 1;
const BYTES = 2;
const BITS32 = 5;

/** A field of a message. Fixed 32-bit and 64-bit values are skipped. */
export interface Field {
  number: number;
  /** The value of an integer field. */
  value?: number;
  /** The place of a string, a message, or packed numbers. */
  bytes?: Range;
}

/** Byte offsets in a file; `end` is exclusive. */
export interface Range {
  start: number;
  end: number;
}

/**
 * A file with one protocol buffer message, read field by field. Only a window of the file is in memory, and skipped fields are not read.
 * Source: "Encoding" in the documentation of Protocol Buffers.
 */
export class ProtobufFile {
  readonly file: string;
  readonly #fd: number;
  readonly #size: number;
  readonly #window = Buffer.allocUnsafe(WINDOW);
  #start = 0;
  #end = 0;
  #fields = 0;

  /** @throws StarlingError E_MODEL if it cannot be read */
  static open(file: string): ProtobufFile {
    try {
      const stats = statSync(file);
      if (!stats.isFile()) throw new Error('this is no file');
      return new ProtobufFile(file, openSync(file, 'r'), stats.size);
    } catch (cause) {
      throw new StarlingError('E_MODEL', `the graph cannot be read: ${(cause as Error).message}`, { file }, cause);
    }
  }

  private constructor(file: string, fd: number, size: number) {
    this.file = file;
    this.#fd = fd;
    this.#size = size;
  }

  get whole(): Range {
    return { start: 0, end: this.#size };
  }

  /** The fields of a message. @throws StarlingError E_MODEL if it is damaged */
  *fields({ start, end }: Range): Generator<Field> {
    let at = start;
    while (at < end) {
      this.#fields++;
      if (this.#fields > MOST_FIELDS) throw this.damaged(at, `more than ${MOST_FIELDS} fields`);
      const key = this.#varint(at, end);
      const number = Math.floor(key.value / 8);
      const wire = key.value % 8;
      if (number === 0) throw this.damaged(at, 'a field without a number');
      if (wire === VARINT) {
        const { value, next } = this.#varint(key.next, end);
        yield { number, value };
        at = next;
      } else {
        const { value: length, next } = this.#length(wire, key.next, end, at);
        if (next + length > end) throw this.damaged(at, 'a field that reaches beyond the end of what it is in');
        yield wire === BYTES ? { number, bytes: { start: next, end: next + length } } : { number };
        at = next + length;
      }
    }
  }

  /** @param most bytes to read at most */
  text(range: Range, most = WINDOW): string {
    return this.bytes(range, most).toString('utf8');
  }

  bytes({ start, end }: Range, most: number): Buffer {
    const bytes = Buffer.alloc(Math.min(end - start, most));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#byte(start + i);
    return bytes;
  }

  /** The integers of a repeated field: several if they are packed, else the one of this field. */
  numbers({ value, bytes }: Field): number[] {
    if (value !== undefined) return [value];
    const found: number[] = [];
    for (let at = bytes?.start ?? 0; bytes && at < bytes.end; ) {
      const { value: one, next } = this.#varint(at, bytes.end);
      found.push(one);
      at = next;
    }
    return found;
  }

  damaged(at: number, what: string): StarlingError {
    const problem = `this file is not an ONNX graph, or it is damaged: it has ${what} (byte ${at} of ${this.#size}); copy or export it again`;
    return new StarlingError('E_MODEL', problem, { file: this.file });
  }

  close(): void {
    closeSync(this.#fd);
  }

  #length(wire: number, at: number, end: number, field: number): { value: number; next: number } {
    if (wire === BYTES) return this.#varint(at, end);
    if (wire === BITS64) return { value: 8, next: at };
    if (wire === BITS32) return { value: 4, next: at };
    throw this.damaged(field, 'a field of an unknown kind');
  }

  /** Seven bits a byte, the lowest first. Values above 2^53 are not exact, but no size in a file is that large. */
  #varint(start: number, end: number): { value: number; next: number } {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (start + i >= end) break;
      const byte = this.#byte(start + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: start + i + 1 };
    }
    throw this.damaged(start, 'a number without an end');
  }

  #byte(at: number): number {
    if (at < this.#start || at >= this.#end) this.#read(at);
    return this.#window[at - this.#start];
  }

  #read(at: number): void {
    const count = readSync(this.#fd, this.#window, 0, WINDOW, at);
    if (count === 0) throw this.damaged(at, 'an end before its size');
    this.#start = at;
    this.#end = at + count;
  }
}
