import type { FileHandle } from 'node:fs/promises';
import { metadataPlace, PREFIX_BYTES } from './arrow-messages.js';
import { BATCH, type Block, type Columns, footerOf, type MessageHead, messageHead, SCHEMA } from './arrow-metadata.js';

/** A file begins with its name and two bytes of nothing, and ends with the length of its footer and its name. */
const START = 8;
const LENGTH_BYTES = 4;
const END_BYTES = LENGTH_BYTES + 6;

interface Span {
  at: number;
  end: number;
}

/** The messages of an Arrow IPC file that its footer names, each to be checked before it is read. */
export class ArrowFileMessages {
  readonly #handle: FileHandle;
  readonly #blocks: readonly Block[];
  readonly #columns: Columns;
  /** Where the footer begins. */
  readonly #end: number;
  readonly #seen: Span[] = [];

  private constructor(handle: FileHandle, { blocks, columns }: ReturnType<typeof footerOf>, end: number) {
    this.#handle = handle;
    this.#blocks = blocks;
    this.#columns = columns;
    this.#end = end;
  }

  /** Throws an Error if the footer is damaged, and an UnreadType. */
  static async open(handle: FileHandle, size: number): Promise<ArrowFileMessages> {
    const lengthAt = size - END_BYTES;
    const length = lengthAt < START ? -1 : (await bytesOf(handle, lengthAt, LENGTH_BYTES)).readInt32LE(0);
    const end = lengthAt - length;
    if (length <= 0 || end < START) throw new Error('its footer has a length that it cannot have');
    return new ArrowFileMessages(handle, footerOf(await bytesOf(handle, end, length)), end);
  }

  /** How many batches the footer names. */
  get batches(): number {
    return this.#blocks.filter(({ kind }) => kind === BATCH).length;
  }

  /** All the messages of a kind in the order of the footer; each is checked when it is asked for. */
  async *checked(kind: Block['kind']): AsyncGenerator<void> {
    for (const block of this.#blocks) {
      if (block.kind !== kind) continue;
      const { head, end } = await this.#messageAt(block.at);
      if (head.kind !== kind) throw new Error('its footer takes a message for another');
      this.#seen.push({ at: block.at, end });
      yield;
    }
  }

  /**
   * Throws an Error if a message stands in the file that the footer does not name, or names twice: rows would be missing, or come again.
   * To be asked when all are checked.
   */
  async checkNoneIsLeftOut(): Promise<void> {
    let end = START;
    for (const span of this.#seen.sort((a, b) => a.at - b.at)) {
      if (span.at < end) throw new Error(`its footer names what stands at byte ${span.at} twice`);
      await this.#checkGap(end, span.at);
      end = span.end;
    }
    await this.#checkGap(end, this.#end);
  }

  /** The schema may stand at the beginning, which Polars writes without its length; what has a length of 0 is an end mark or nothing. */
  async #checkGap(from: number, to: number): Promise<void> {
    if (to - from < PREFIX_BYTES) return;
    if (from === START) {
      const schema = await this.#messageAt(from).catch(() => undefined);
      if (schema === undefined) return;
      if (schema.head.kind === SCHEMA) return this.#checkGap(schema.end, to);
    }
    const place = metadataPlace(await bytesOf(this.#handle, from, PREFIX_BYTES));
    if (place?.length !== 0) throw new Error(`its footer leaves out what stands at byte ${from}`);
  }

  async #messageAt(at: number): Promise<{ head: MessageHead; end: number }> {
    if (at < START || at + PREFIX_BYTES > this.#end) throw new Error('a message lies outside of the file');
    const place = metadataPlace(await bytesOf(this.#handle, at, PREFIX_BYTES));
    if (place === undefined || place.length === 0) throw new Error('its footer names a message where none is');
    const bodyAt = at + place.start + place.length;
    if (bodyAt > this.#end) throw new Error('a message lies outside of the file');
    const head = messageHead(await bytesOf(this.#handle, at + place.start, place.length), this.#columns);
    const end = bodyAt + head.bodyLength;
    if (end > this.#end) throw new Error('a message lies outside of the file');
    return { head, end };
  }
}

/** Throws an Error if there are fewer. */
async function bytesOf(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead < length) throw new Error('it ends too early');
  return buffer;
}
