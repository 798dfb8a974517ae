import { HeldBytes } from '../../bytes/held-bytes.js';
import { type Columns, messageHead, SCHEMA } from './arrow-metadata.js';

/** Marker before the length of a message. Streams from before 2019 lack it. */
const CONTINUATION = -1;
const INT_BYTES = 4;
/** Maximum number of bytes before the metadata of a message. */
export const PREFIX_BYTES = 2 * INT_BYTES;
/** Ends each message: the library asks for one more piece before it reads what it has up to its last byte. */
const EMPTY = Buffer.alloc(0);
/** Rejects impossible lengths of metadata: a corrupt length would buffer the rest of the file. */
const MOST_METADATA_BYTES = 2 ** 26;

/**
 * Start and length of a message's metadata; `undefined` if more bytes are needed to know them. A length of 0 is the end mark.
 * @throws Error if the length is impossible
 */
export function metadataPlace(bytes: Buffer): { start: number; length: number } | undefined {
  const start = bytes.readInt32LE(0) === CONTINUATION ? PREFIX_BYTES : INT_BYTES;
  if (bytes.length < start) return undefined;
  const length = bytes.readInt32LE(start - INT_BYTES);
  if (length < 0) throw new Error('a message has a negative length');
  if (length > MOST_METADATA_BYTES) throw new Error('the metadata of a message have an impossible length');
  return { start, length };
}

/**
 * Follows the messages of an Arrow IPC stream. A message has a length, metadata of that length, and a body, whose length is in the
 * metadata. A length of 0 is the end mark.
 */
export class ArrowMessages {
  readonly #held = new HeldBytes();
  /** Bytes needed for the next step, including those held. */
  #needed = INT_BYTES;
  /** Bytes of the body that have not arrived. */
  #body = 0;
  /** The columns of the schema, once it has arrived. */
  #columns?: Columns;
  #ended = false;
  #beyond = false;

  /** Whether the end mark has arrived. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether bytes arrived after the end mark. */
  get goesOn(): boolean {
    return this.#beyond;
  }

  /**
   * Passes on the bytes up to the end mark. Metadata are held back until they are complete and checked. Behind each message but the end mark
   * is an empty piece.
   * @throws Error for an invalid message
   */
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
        if (this.#body === 0) yield EMPTY;
      }
    }
  }

  *#hold(part: Buffer): Generator<Buffer> {
    this.#held.append(part);
    if (this.#held.length < this.#needed) return;
    const held = Buffer.from(this.#held.take());
    if (!this.#isWhole(held)) {
      this.#held.append(held);
      return;
    }
    yield held;
    if (this.#body === 0 && !this.#ended) yield EMPTY;
  }

  /** @param held all bytes of a message that have arrived */
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
      throw new Error('its schema is not its first message, or it has two schemas');
    }
    this.#columns = columns;
    this.#body = bodyLength;
  }
}
