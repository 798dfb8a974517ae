import { HeldBytes } from './held-bytes.js';

/** Stands before the length of a message; streams of before 2019 do without. */
const CONTINUATION = -1;
const INT_BYTES = 4;
/** Where the table of a message's head has the place of `bodyLength`, its fourth field: two lengths of two bytes stand before the first. */
const BODY_LENGTH_AT = 10;

/**
 * Follows the messages of an Arrow IPC stream without looking into them: a length, a head of that length, and a body, whose length the
 * head has. A length of 0 is the end mark.
 */
export class ArrowMessages {
  readonly #held = new HeldBytes();
  /** Bytes that are needed to go on, those held included. */
  #needed = INT_BYTES;
  /** Bytes of the body that are still to come. */
  #body = 0;
  #ended = false;
  #beyond = false;

  /** Whether the end mark has come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether something has come after it. */
  get goesOn(): boolean {
    return this.#beyond;
  }

  /** Throws an Error if this is no message. */
  pass(piece: Buffer): void {
    for (let at = 0; at < piece.length; ) {
      if (this.#ended) {
        this.#beyond = true;
        return;
      }
      at += this.#body > 0 ? this.#skip(piece.length - at) : this.#hold(piece.subarray(at));
    }
  }

  #skip(most: number): number {
    const count = Math.min(this.#body, most);
    this.#body -= count;
    return count;
  }

  #hold(bytes: Buffer): number {
    const part = bytes.subarray(0, this.#needed - this.#held.length);
    this.#held.append(part);
    if (this.#held.length === this.#needed) this.#goOn(this.#held.take());
    return part.length;
  }

  /** @param held all that has come of a message */
  #goOn(held: Buffer): void {
    const start = held.readInt32LE(0) === CONTINUATION ? 2 * INT_BYTES : INT_BYTES;
    const length = held.length < start ? undefined : held.readInt32LE(start - INT_BYTES);
    if (length === 0) {
      this.#ended = true;
      return;
    }
    if (length !== undefined && length < 0) throw new Error('a message has a negative length');
    this.#needed = start + (length ?? 0);
    if (held.length < this.#needed) {
      this.#held.append(held);
      return;
    }
    this.#body = bodyLength(held.subarray(start));
    this.#needed = INT_BYTES;
  }
}

/** By the layout of FlatBuffers: a table begins with how far its list of fields' places stands before it. */
function bodyLength(head: Buffer): number {
  const table = head.readInt32LE(0);
  const fields = table - head.readInt32LE(table);
  const place = head.readUInt16LE(fields) > BODY_LENGTH_AT ? head.readUInt16LE(fields + BODY_LENGTH_AT) : 0;
  const length = place === 0 ? 0 : Number(head.readBigInt64LE(table + place));
  if (length < 0) throw new Error('the body of a message has a negative length');
  return length;
}
