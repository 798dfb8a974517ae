import { HeldBytes } from '../../bytes/held-bytes.js';
import { type Columns, messageHead, SCHEMA } from './arrow-metadata.js';

/** Stands before the length of a message; streams of before 2019 do without. */
const CONTINUATION = -1;
const INT_BYTES = 4;
/** What stands before the metadata of a message, at most. */
export const PREFIX_BYTES = 2 * INT_BYTES;
/** Nobody has as many columns; a damaged length would have all that follows be held. */
const MOST_METADATA_BYTES = 2 ** 26;

/**
 * How long the metadata of a message are, and where they begin; `undefined` if more bytes must tell. A length of 0 is the end mark.
 * Throws an Error if it cannot be.
 */
export function metadataPlace(bytes: Buffer): { start: number; length: number } | undefined {
  const start = bytes.readInt32LE(0) === CONTINUATION ? PREFIX_BYTES : INT_BYTES;
  if (bytes.length < start) return undefined;
  const length = bytes.readInt32LE(start - INT_BYTES);
  if (length < 0) throw new Error('a message has a negative length');
  if (length > MOST_METADATA_BYTES) throw new Error('the metadata of a message have a length that none have');
  return { start, length };
}

/**
 * Follows the messages of an Arrow IPC stream: a length, metadata of that length, and a body, whose length the metadata have. A length
 * of 0 is the end mark.
 */
export class ArrowMessages {
  readonly #held = new HeldBytes();
  /** Bytes that are needed to go on, those held included. */
  #needed = INT_BYTES;
  /** Bytes of the body that are still to come. */
  #body = 0;
  /** Of the schema, when it has come. */
  #columns?: Columns;
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

  /** The bytes up to the end mark, those of metadata when all of them have come and are sound. Throws an Error if this is no message. */
  *pass(piece: Buffer): Generator<Buffer> {
    for (let at = 0; at < piece.length; ) {
      if (this.#ended) {
        this.#beyond = true;
        return;
      }
      const part = piece.subarray(at, at + (this.#body || this.#needed - this.#held.length));
      at += part.length;
      if (this.#body === 0) yield* this.#hold(part);
      else {
        this.#body -= part.length;
        yield part;
      }
    }
  }

  *#hold(part: Buffer): Generator<Buffer> {
    this.#held.append(part);
    if (this.#held.length < this.#needed) return;
    const held = Buffer.from(this.#held.take());
    if (this.#isWhole(held)) yield held;
    else this.#held.append(held);
  }

  /** @param held all that has come of a message */
  #isWhole(held: Buffer): boolean {
    const place = metadataPlace(held);
    this.#needed = place === undefined ? PREFIX_BYTES : place.start + place.length;
    this.#ended = place?.length === 0;
    if (place === undefined || held.length < this.#needed) return false;
    if (!this.#ended) this.#goInto(held.subarray(place.start));
    this.#needed = INT_BYTES;
    return true;
  }

  #goInto(metadata: Buffer): void {
    const { kind, bodyLength, columns = this.#columns } = messageHead(metadata, this.#columns);
    if ((kind === SCHEMA) !== (this.#columns === undefined)) {
      throw new Error('its schema is not its first message, or stands there again');
    }
    this.#columns = columns;
    this.#body = bodyLength;
  }
}
