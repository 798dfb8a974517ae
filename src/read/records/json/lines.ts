import { constants } from 'node:buffer';
import { HeldBytes } from '../../bytes/held-bytes.js';

export const NEWLINE = 0x0a;

export interface Line {
  /** From 1. */
  number: number;
  /** Byte offset in the file. */
  byte: number;
  /** Without the newline, but with a carriage return. Valid until the next line is requested. `undefined` if the line is too long. */
  bytes: Buffer | undefined;
}

/**
 * Cuts the bytes of one file into lines. At most `maxBytes` of an incomplete line are held. A longer line is reported once, as soon as it
 * exceeds the limit, and its rest is skipped.
 * Each generator must be read to its end before the next piece is pushed.
 */
export class LineSplitter {
  readonly maxBytes: number;
  readonly #held = new HeldBytes();
  #number = 1;
  #passingOver = false;
  /** File offsets of the current piece and of the incomplete line. */
  #pieceByte: number;
  #lineByte: number;

  /** @param firstByte file offset of the first line */
  constructor(maxBytes: number, firstByte = 0) {
    this.maxBytes = Math.min(maxBytes, constants.MAX_STRING_LENGTH);
    this.#pieceByte = firstByte;
    this.#lineByte = firstByte;
  }

  /** The lines that the next piece completes, or whose length exceeds the limit with it. */
  *push(piece: Buffer): Generator<Line> {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
      yield* this.#complete(piece.subarray(start, end));
      start = end + 1;
      this.#lineByte = this.#pieceByte + start;
    }
    yield* this.#hold(piece.subarray(start));
    this.#pieceByte += piece.length;
  }

  /** The last line, if it does not end with a newline. */
  *end(): Generator<Line> {
    if (this.#held.length > 0) yield this.#line(this.#held.take());
  }

  *#complete(rest: Buffer): Generator<Line> {
    const whole = this.#held.length === 0 && rest.length <= this.maxBytes;
    if (!whole) yield* this.#hold(rest);
    if (!this.#passingOver) yield this.#line(whole ? rest : this.#held.take());
    this.#passingOver = false;
    this.#number += 1;
  }

  *#hold(part: Buffer): Generator<Line> {
    if (this.#passingOver) return;
    if (this.#held.length + part.length <= this.maxBytes) return this.#held.append(part);
    this.#held.take();
    this.#passingOver = true;
    yield this.#line(undefined);
  }

  #line(bytes: Buffer | undefined): Line {
    return { number: this.#number, byte: this.#lineByte, bytes };
  }
}
