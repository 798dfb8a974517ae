import { constants } from 'node:buffer';
import { StarlingError } from '../../../contracts/errors.js';
import { HeldBytes } from '../../bytes/held-bytes.js';
import type { Source } from '../raw-record.js';
import { BACKSLASH, CLOSE_BRACE, CLOSE_BRACKET, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-characters.js';
import type { JsonLimits } from './json-line.js';
import { type Splitter, splitSource } from './jsonl.js';
import { type Line, NEWLINE } from './lines.js';

/**
 * The records of a file that is one JSON array, as `json.dump` of a list writes it.
 * @throws StarlingError E_READ while the batches are read, if the file ends inside the array or continues after it
 */
export function jsonArray(pieces: AsyncIterable<Buffer>, firstByte: number, file: string, limits: JsonLimits): Source {
  return splitSource(pieces, new ElementSplitter(limits.maxLineBytes, firstByte, file), limits);
}

/** Cuts an array at its commas. Elements are scanned only for their ends. Holds at most `maxBytes` of an element. */
class ElementSplitter implements Splitter {
  readonly #maxBytes: number;
  readonly #file: string;
  readonly #held = new HeldBytes();
  /** Whether the element is too long, so that its rest is skipped. */
  #passingOver = false;
  /** Number of open brackets and braces, including that of the array. */
  #depth = 0;
  #inString = false;
  #escaped = false;
  #closed = false;
  /** Offset of the element, after the last cut. */
  #cutByte: number;
  #cutLine = 1;
  #pieceByte: number;
  #newlines = 0;

  constructor(maxBytes: number, firstByte: number, file: string) {
    this.#maxBytes = Math.min(maxBytes, constants.MAX_STRING_LENGTH);
    this.#cutByte = firstByte;
    this.#pieceByte = firstByte;
    this.#file = file;
  }

  *push(piece: Buffer): Generator<Line> {
    let start = 0;
    for (let at = 0; at < piece.length; at++) {
      const byte = piece[at];
      if (byte === NEWLINE) this.#newlines++;
      if (!this.#isCut(byte)) continue;
      this.#hold(piece.subarray(start, at));
      yield this.#element();
      start = at + 1;
      this.#cutByte = this.#pieceByte + start;
      this.#cutLine = 1 + this.#newlines;
    }
    this.#hold(piece.subarray(start));
    this.#pieceByte += piece.length;
  }

  end(): Iterable<Line> {
    if (this.#closed) return [];
    throw this.#damaged('the file ends inside the array; copy it again, or close the array');
  }

  /** Whether to cut at this byte: the comma or closing bracket after an element, or the opening bracket of the array. */
  #isCut(byte: number): boolean {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.#inString = false;
      return false;
    }
    if (this.#closed && !isBlank(byte))
      throw this.#damaged('the file continues after the array; write one array in a file, or JSON lines');
    if (byte === QUOTE) this.#inString = true;
    else if (byte === COMMA) return this.#depth === 1;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return this.#depth++ === 0;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#closed = --this.#depth === 0;
    return this.#closed && byte === CLOSE_BRACKET;
  }

  #hold(part: Buffer): void {
    if (this.#passingOver) return;
    if (this.#held.length + part.length <= this.#maxBytes) {
      this.#held.append(part);
      return;
    }
    this.#held.take();
    this.#passingOver = true;
  }

  #element(): Line {
    const all = this.#held.take();
    const blank = all.findIndex((byte) => !isBlank(byte));
    const bytes = this.#passingOver ? undefined : all.subarray(Math.max(0, blank));
    const newlines = all.subarray(0, Math.max(0, blank)).reduce((sum, byte) => sum + Number(byte === NEWLINE), 0);
    this.#passingOver = false;
    return { number: this.#cutLine + newlines, byte: this.#cutByte + Math.max(0, blank), bytes };
  }

  #damaged(message: string): StarlingError {
    return new StarlingError('E_READ', message, { file: this.#file, line: 1 + this.#newlines });
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === NEWLINE || byte === 0x0d;
}
