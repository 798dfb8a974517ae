import { constants } from 'node:buffer';
import { HeldBytes } from '../../bytes/held-bytes.js';

export const NEWLINE = 0x0a;

export interface Line {
  /** From 1. */
  number: number;
  /** Where it begins in the file, in bytes from 0. */
  byte: number;
  /** Without the newline; a carriage return stays. Valid until the next line is asked for. `undefined` if longer than allowed. */
  bytes: Buffer | undefined;
}

/**
 * Cuts the bytes of one file into lines. Holds at most `maxBytes` of a line that is not complete; a longer line is
 * reported as soon as it is known to be longer, and the rest of it is passed over.
 * Each generator must be read to its end before the next piece is pushed.
 */
export class LineSplitter {
  readonly maxBytes: number;
  readonly #held = new HeldBytes();
  #number = 1;
  #passingOver = false;
  /** Where the piece that is being cut, and the line that is not complete, begin in the file. */
  #pieceByte: number;
  #lineByte: number;

  /** @param firstByte where the first line begins in the file */
  constructor(maxBytes: number, firstByte = 0) {
    this.maxBytes = Math.min(maxBytes, constants.MAX_STRING_LENGTH);
    this.#pieceByte = firstByte;
    this.#lineByte = firstByte;
  }

  /** The lines that the next piece of the file completes, or shows to be too long. */
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

  /** The last line, if no newline closes it. */
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
