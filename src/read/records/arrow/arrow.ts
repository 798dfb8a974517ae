import { type FileHandle, open } from 'node:fs/promises';
import { messageOf, RowError, StarlingError } from '../../../contracts/errors.js';
import { IDENTITY_KEY } from '../../../contracts/identity.js';
import type { JsonObject } from '../../../json/json-object.js';
import { type ArrowMetadata, type IpcCodecs, NotUtf8, readIpc, readIpcFile } from '../../../tables/arrow-reader.js';
import { unlz4Buffer } from '../../bytes/lz4.js';
import { NoAddressSpace } from '../../bytes/no-address-space.js';
import { refuseChanged } from '../../inputs/file-version.js';
import { type Input, pathOf, type ReadOptions } from '../../inputs/inputs.js';
import { countedRecords } from '../counted.js';
import { RepeatedName } from '../field-names.js';
import type { RawRecord, Source } from '../raw-record.js';
import type { RowPlace } from '../row-place.js';
import { invalidUtf8At } from '../utf8.js';
import { ArrowFileMessages } from './arrow-file-messages.js';
import { ArrowMessages } from './arrow-messages.js';
import { BATCH, DICTIONARY, UnreadType } from './arrow-metadata.js';

/** Decodes a record. */
type MakeRecord = () => JsonObject;

const FILE_MAGIC = Buffer.from('ARROW1');
/**
 * The rows of an Arrow IPC stream or file, read from its beginning, one record batch at a time.
 * @throws StarlingError E_READ while the batches are read, if the data is damaged, ends too early or continues after its end; the rows
 * before the damage are yielded first
 */
export function arrowRows(
  pieces: AsyncIterable<Buffer>,
  file: string,
  { onIdentity }: Pick<ReadOptions, 'onIdentity'> = {},
): Source {
  const stream = new IpcBytes(pieces);
  async function* batches(): AsyncGenerator<Iterable<MakeRecord>> {
    try {
      yield* readIpc(stream.messages(), await codecs(), identityIn(file, onIdentity));
      await stream.checkEnd();
    } finally {
      await stream.close();
    }
  }
  return sourceOf(batches(), file);
}

/** The rows of a complete Arrow IPC file, in the order of its footer. @throws as `arrowRows`, and ChangedFile */
export function arrowFileRows(input: Input, { signal, onBytes, onIdentity }: ReadOptions): Source {
  const { name, size = 0 } = input;
  const onMetadata = identityIn(name, onIdentity);
  async function* batches(): AsyncGenerator<Iterable<MakeRecord>> {
    const handle = await open(pathOf(input));
    try {
      const messages = await ArrowFileMessages.open(handle, size);
      for await (const _ of messages.checked(DICTIONARY));
      for await (const rows of readIpcFile(handle, messages.checked(BATCH), await codecs(), onMetadata)) {
        if (signal?.aborted) return;
        await refuseChanged(input);
        yield countedRecords(rows, size / messages.batches / rows.count, onBytes);
      }
      await messages.checkNoneIsLeftOut();
      await refuseChanged(input);
    } catch (cause) {
      await refuseChanged(input);
      throw cause;
    } finally {
      await handle.close();
    }
  }
  return sourceOf(batches(), name);
}

function identityIn(file: string, onIdentity: ReadOptions['onIdentity']): (metadata: ArrowMetadata) => void {
  return (metadata) => {
    const text = metadata.get(IDENTITY_KEY);
    if (text !== undefined) onIdentity?.(file, text);
  };
}

/** Whether a file is a complete Arrow file, by the magic numbers at its beginning and its end. */
export async function isWholeArrowFile(name: string, size: number): Promise<boolean> {
  const handle = await open(name);
  try {
    const ends = await Promise.all([0, size - FILE_MAGIC.length].map((at) => bytesAt(handle, Math.max(0, at))));
    return ends.every((end) => end.equals(FILE_MAGIC));
  } finally {
    await handle.close();
  }
}

async function bytesAt(handle: FileHandle, at: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(FILE_MAGIC.length), 0, FILE_MAGIC.length, at);
  return buffer.subarray(0, bytesRead);
}

/** Loads the decompressors. If the WebAssembly of Zstandard cannot be loaded, only files that need it fail. */
async function codecs(): Promise<IpcCodecs> {
  const zstd = await import('../../bytes/zstd.js').then(
    ({ unzstdBuffer }) => unzstdBuffer,
    (cause: unknown) => () => {
      throw cause;
    },
  );
  return { lz4: unlz4Buffer, zstd };
}

function sourceOf(batches: AsyncGenerator<Iterable<MakeRecord>>, file: string): Source {
  let count = 0;
  function* records(batch: Iterable<MakeRecord>): Generator<RawRecord> {
    for (const make of batch) yield rawRecord(make, count++, file);
  }
  async function* located(): AsyncGenerator<Iterable<RawRecord>> {
    try {
      for await (const batch of batches) yield records(batch);
    } catch (cause) {
      throw damaged(cause, count, file);
    }
  }
  return { batches: located(), count: () => count };
}

function rawRecord(make: MakeRecord, position: number, file: string): RawRecord {
  let made: JsonObject | undefined;
  const value = (place: RowPlace): JsonObject => {
    try {
      made = make();
      return made;
    } catch (cause) {
      throw cause instanceof NotUtf8 ? notUtf8(cause, place) : damaged(cause, position, file);
    }
  };
  return { position, place: { record: position }, value, refused: () => made && { record: made } };
}

function notUtf8({ bytes, field }: NotUtf8, place: RowPlace): RowError {
  const message = `invalid UTF-8 at byte ${invalidUtf8At(Buffer.from(bytes))} of the text, counted from 0; convert the text to UTF-8 before writing the file`;
  return new RowError('E_UTF8', message, { ...place, field });
}

function damaged(cause: unknown, rows: number, file: string): StarlingError {
  if (cause instanceof StarlingError) return cause;
  if (cause instanceof NoAddressSpace) {
    return new StarlingError('E_RESOURCES', `${cause.message}, or write the file with LZ4`, { file }, cause);
  }
  if (cause instanceof UnreadType || cause instanceof RepeatedName)
    return new StarlingError('E_READ', cause.message, { file, field: cause.field }, cause);
  const what = messageOf(cause);
  const message = `the Arrow data is damaged or ends too early, after ${rows} rows (${what}); write the file again`;
  return new StarlingError('E_READ', message, { file }, cause);
}

/** The bytes of a stream, or of the stream inside a file, which begins after the magic number and padding. */
class IpcBytes {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #messages = new ArrowMessages();
  #isFile = false;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The bytes of the messages. The library stops reading at the end mark. */
  async *messages(): AsyncGenerator<Buffer> {
    let piece = await this.#start();
    while (piece !== undefined) {
      yield* this.#messages.pass(piece);
      piece = await this.#next();
    }
  }

  /** @throws Error if the end mark is missing, or if bytes follow it; in a file the footer follows, which is not needed here */
  async checkEnd(): Promise<void> {
    if (!this.#messages.ended) throw new Error('it has no end mark');
    if (this.#isFile) return;
    for (let piece = await this.#next(); piece !== undefined && !this.#messages.goesOn; piece = await this.#next()) {
      for (const _ of this.#messages.pass(piece));
    }
    if (this.#messages.goesOn) throw new Error('other bytes follow its end mark');
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }

  async #start(): Promise<Buffer | undefined> {
    let head = Buffer.alloc(0);
    for (let piece = await this.#next(); piece !== undefined; piece = await this.#next()) {
      head = Buffer.concat([head, piece]);
      const start = streamStart(head);
      if (start === undefined) continue;
      this.#isFile = start > 0;
      return head.subarray(start);
    }
    return undefined;
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#pieces.next();
    return done ? undefined : value;
  }
}

/** Byte offset of the stream; `undefined` if more bytes are needed to know it. */
function streamStart(head: Buffer): number | undefined {
  if (head.length <= FILE_MAGIC.length) return undefined;
  if (!head.subarray(0, FILE_MAGIC.length).equals(FILE_MAGIC)) return 0;
  const start = head.subarray(FILE_MAGIC.length).findIndex((byte) => byte !== 0);
  return start === -1 ? undefined : FILE_MAGIC.length + start;
}
