import { constants } from 'node:buffer';
import { HeldBytes } from '../../bytes/held-bytes.js';
import { QUOTE } from '../json/json-characters.js';
import { type Line, NEWLINE } from '../json/lines.js';

/** Where the next byte stands: before a cell, in a cell without quotes, in a quoted cell, or after a quote in a quoted cell. */
type State = 'start' | 'plain' | 'quoted' | 'quote';

/**
 * Cuts a text table into records: lines, except that a quoted cell may hold line ends. A quote counts only at the beginning of a cell, so
 * one inside a plain cell never swallows the lines after it. At most `maxBytes` of a record are held. A longer record is reported once,
 * and its rest is skipped. Each generator must be read to its end before the next piece is pushed.
 */
export class RecordSplitter {
  readonly maxBytes: number;
  readonly #held = new HeldBytes();
  /** 1 for each byte that separates cells. */
  #isSeparator = new Uint8Array(256);
  #state: State = 'start';
  #passingOver = false;
  /** Line ends before the next byte. */
  #newlines = 0;
  /** Line of the record, from 1, and its file offset. */
  #line = 1;
  #byte: number;
  #pieceByte: number;

  /** @param firstByte file offset of the first record */
  constructor(maxBytes: number, separators: readonly string[], firstByte = 0) {
    this.maxBytes = Math.min(maxBytes, constants.MAX_STRING_LENGTH);
    this.separators = separators;
    this.#byte = firstByte;
    this.#pieceByte = firstByte;
  }

  /** The characters that separate cells. They may be set after the first record, which is the header. */
  set separators(characters: readonly string[]) {
    this.#isSeparator = new Uint8Array(256);
    for (const character of characters) this.#isSeparator[character.charCodeAt(0)] = 1;
  }

  /** Line of an open quote at the end of the text; `undefined` if all quotes are closed. */
  get openQuote(): number | undefined {
    return this.#state === 'quoted' ? this.#line : undefined;
  }

  /** The records that the next piece completes, or whose length exceeds the limit with it. */
  *push(piece: Buffer): Generator<Line> {
    let start = 0;
    for (let end = this.#endOfRecord(piece, 0); end !== -1; end = this.#endOfRecord(piece, start)) {
      yield* this.#complete(piece.subarray(start, end));
      start = end + 1;
      this.#byte = this.#pieceByte + start;
      this.#line = 1 + this.#newlines;
    }
    yield* this.#hold(piece.subarray(start));
    this.#pieceByte += piece.length;
  }

  /** The last record, if no line end follows it. */
  *end(): Generator<Line> {
    if (this.#held.length > 0) yield this.#record(this.#held.take());
  }

  *#complete(rest: Buffer): Generator<Line> {
    const isWhole = this.#held.length === 0 && rest.length <= this.maxBytes;
    if (!isWhole) yield* this.#hold(rest);
    if (!this.#passingOver) yield this.#record(isWhole ? rest : this.#held.take());
    this.#passingOver = false;
  }

  /** Position of the line end that ends a record; -1 if the piece has no more. */
  #endOfRecord(piece: Buffer, from: number): number {
    let state = this.#state;
    for (let at = from; at < piece.length; at++) {
      if (state === 'quoted') {
        const quote = piece.indexOf(QUOTE, at);
        this.#countNewlines(piece, at, quote === -1 ? piece.length : quote);
        if (quote === -1) break;
        at = quote;
        state = 'quote';
        continue;
      }
      const byte = piece[at];
      if (byte === NEWLINE) {
        this.#newlines++;
        this.#state = 'start';
        return at;
      }
      if (this.#isSeparator[byte] === 1) state = 'start';
      else if (byte === QUOTE && state !== 'plain') state = 'quoted';
      else state = 'plain';
    }
    this.#state = state;
    return -1;
  }

  #countNewlines(piece: Buffer, from: number, to: number): void {
    for (let at = piece.indexOf(NEWLINE, from); at !== -1 && at < to; at = piece.indexOf(NEWLINE, at + 1)) {
      this.#newlines++;
    }
  }

  *#hold(part: Buffer): Generator<Line> {
    if (this.#passingOver) return;
    if (this.#held.length + part.length <= this.maxBytes) return this.#held.append(part);
    this.#held.take();
    this.#passingOver = true;
    yield this.#record(undefined);
  }

  #record(bytes: Buffer | undefined): Line {
    return { number: this.#line, byte: this.#byte, bytes };
  }
}
