import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { StarlingError } from '../../contracts/errors.js';

/** Bytes that are read at a time. */
const WINDOW = 2 ** 16;

/** A graph of a hundred billion parameters has under a million fields; what lies in its tensors is passed over. */
const MOST_FIELDS = 2 ** 24;

/** What stands behind a field's number. Groups (3, 4) are in no ONNX file. */
const VARINT = 0;
const BITS64 = 1;
const BYTES = 2;
const BITS32 = 5;

/** A field of a message: a number, or where its bytes lie in the file. */
export interface Field {
  number: number;
  /** Of a field that is a whole number. */
  value?: number;
  /** Of a field that is a text, a message, or several numbers. */
  bytes?: Range;
}

export interface Range {
  start: number;
  end: number;
}

/**
 * A file that is one message of a protocol buffer, read field by field: nothing of it is held but the part that is looked at, and what
 * is passed over is not read.
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

  /** @throws StarlingError E_MODEL where it cannot be read */
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

  /** The fields of a message. @throws StarlingError E_MODEL where it is damaged */
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

  /** @param most bytes of it that are wanted */
  text(range: Range, most = WINDOW): string {
    return this.bytes(range, most).toString('utf8');
  }

  bytes({ start, end }: Range, most: number): Buffer {
    const bytes = Buffer.alloc(Math.min(end - start, most));
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#byte(start + i);
    return bytes;
  }

  /** The whole numbers of a repeated field, which are written side by side, or a field each. */
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
    const problem = `this is no ONNX graph, or it is damaged: there is ${what} (byte ${at} of ${this.#size}); copy or export it again`;
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

  /** Seven bits a byte, the lowest first; above 2^53 not exact, which no size in a file is. */
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
