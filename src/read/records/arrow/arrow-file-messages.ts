import type { FileHandle } from 'node:fs/promises';
import { metadataPlace, PREFIX_BYTES } from './arrow-messages.js';
import { BATCH, type Block, type Columns, footerOf, type MessageHead, messageHead, SCHEMA } from './arrow-metadata.js';

/** A file begins with a magic number and two bytes of padding. It ends with the length of its footer and the magic number. */
const START = 8;
const LENGTH_BYTES = 4;
const END_BYTES = LENGTH_BYTES + 6;

interface Span {
  at: number;
  end: number;
}

/** The messages that the footer of an Arrow IPC file lists. Each is checked before it is read. */
export class ArrowFileMessages {
  readonly #handle: FileHandle;
  readonly #blocks: readonly Block[];
  readonly #columns: Columns;
  /** Byte offset of the footer. */
  readonly #end: number;
  readonly #seen: Span[] = [];

  private constructor(handle: FileHandle, { blocks, columns }: ReturnType<typeof footerOf>, end: number) {
    this.#handle = handle;
    this.#blocks = blocks;
    this.#columns = columns;
    this.#end = end;
  }

  /** Reads and checks the footer. @throws Error if it is damaged; UnreadType */
  static async open(handle: FileHandle, size: number): Promise<ArrowFileMessages> {
    const lengthAt = size - END_BYTES;
    const length = lengthAt < START ? -1 : (await bytesOf(handle, lengthAt, LENGTH_BYTES)).readInt32LE(0);
    const end = lengthAt - length;
    if (length <= 0 || end < START) throw new Error('its footer has an impossible length');
    return new ArrowFileMessages(handle, footerOf(await bytesOf(handle, end, length)), end);
  }

  /** Number of batches in the footer. */
  get batches(): number {
    return this.#blocks.filter(({ kind }) => kind === BATCH).length;
  }

  /** Yields once for each message of a kind, in the order of the footer, after checking it. */
  async *checked(kind: Block['kind']): AsyncGenerator<void> {
    for (const block of this.#blocks) {
      if (block.kind !== kind) continue;
      const { head, end } = await this.#messageAt(block.at);
      if (head.kind !== kind) throw new Error('its footer names a message of another kind');
      this.#seen.push({ at: block.at, end });
      yield;
    }
  }

  /**
   * Checks that the footer lists every message of the file exactly once; otherwise rows would be missing or repeated. To be called after
   * all messages were checked.
   * @throws Error
   */
  async checkNoneIsLeftOut(): Promise<void> {
    let end = START;
    for (const span of this.#seen.sort((a, b) => a.at - b.at)) {
      if (span.at < end) throw new Error(`its footer names the message at byte ${span.at} twice`);
      await this.#checkGap(end, span.at);
      end = span.end;
    }
    await this.#checkGap(end, this.#end);
  }

  /**
   * Checks the bytes between listed messages. They may be the schema at the beginning of the file, which Polars writes without its length,
   * or an end mark or padding, which have the length 0.
   */
  async #checkGap(from: number, to: number): Promise<void> {
    if (to - from < PREFIX_BYTES) return;
    if (from === START) {
      const schema = await this.#messageAt(from).catch(() => undefined);
      if (schema === undefined) return;
      if (schema.head.kind === SCHEMA) return this.#checkGap(schema.end, to);
    }
    const place = metadataPlace(await bytesOf(this.#handle, from, PREFIX_BYTES));
    if (place?.length !== 0) throw new Error(`its footer leaves out the message at byte ${from}`);
  }

  async #messageAt(at: number): Promise<{ head: MessageHead; end: number }> {
    if (at < START || at + PREFIX_BYTES > this.#end) throw new Error('a message lies outside of the file');
    const place = metadataPlace(await bytesOf(this.#handle, at, PREFIX_BYTES));
    if (place === undefined || place.length === 0) throw new Error('its footer names a message that is not there');
    const bodyAt = at + place.start + place.length;
    if (bodyAt > this.#end) throw new Error('a message lies outside of the file');
    const head = messageHead(await bytesOf(this.#handle, at + place.start, place.length), this.#columns);
    const end = bodyAt + head.bodyLength;
    if (end > this.#end) throw new Error('a message lies outside of the file');
    return { head, end };
  }
}

/** Reads exactly `length` bytes. @throws Error if there are fewer */
async function bytesOf(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw new Error('it ends too early');
  return buffer;
}
