import { readIpcStream } from '../arrow.js';
import { StarlingError } from '../errors.js';
import type { JsonRecord } from './json-value.js';
import { unlz4Buffer } from './lz4.js';
import type { RawRecord, Source } from './raw-record.js';

const FILE_MAGIC = Buffer.from('ARROW1');
/** What a stream ends with. A file goes on after it, with an index that is not needed here. */
const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/**
 * The rows of an Arrow IPC stream or file, read from its beginning on, a record batch at a time.
 * @throws StarlingError E_READ, from the batches, if it is damaged or ends too early, after the rows before that
 */
export function arrowRows(pieces: AsyncIterable<Buffer>, file: string): Source {
  let count = 0;
  function* records(rows: Iterable<JsonRecord>): Generator<RawRecord> {
    for (const record of rows) {
      const position = count++;
      yield { position, place: { record: position }, value: () => record, refused: () => ({ record }) };
    }
  }
  async function* batches(): AsyncGenerator<Iterable<RawRecord>> {
    const stream = new IpcBytes(pieces);
    // Compiles WebAssembly when it is loaded.
    const { unzstdBuffer } = await import('./zstd.js');
    const codecs = { lz4: unlz4Buffer, zstd: unzstdBuffer };
    try {
      for await (const rows of readIpcStream(stream.messages(), codecs)) yield records(rows);
      if (!stream.hasEnd()) throw new Error('it has no end mark');
    } catch (cause) {
      if (cause instanceof StarlingError) throw cause;
      const what = cause instanceof Error ? cause.message : String(cause);
      const message = `the Arrow data is damaged or ends too early, after ${count} rows (${what}); write the file again`;
      throw new StarlingError('E_READ', message, { file }, cause);
    }
  }
  return { batches: batches(), count: () => count };
}

/** The bytes of a stream, or the stream inside of a file, which begins behind the file's name and zeros. */
class IpcBytes {
  readonly #pieces: AsyncIterable<Buffer>;
  #tail = Buffer.alloc(0);
  #exhausted = false;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces;
  }

  async *messages(): AsyncGenerator<Buffer> {
    let head: Buffer | undefined = Buffer.alloc(0);
    for await (const piece of this.#pieces) {
      this.#tail = Buffer.concat([this.#tail, piece.subarray(-END_OF_STREAM.length)]).subarray(-END_OF_STREAM.length);
      if (head === undefined) {
        yield piece;
        continue;
      }
      head = Buffer.concat([head, piece]);
      const start = streamStart(head);
      if (start === undefined) continue;
      yield head.subarray(start);
      head = undefined;
    }
    this.#exhausted = true;
  }

  /** Whether the reader stopped at the end mark, or there was nothing more after it. */
  hasEnd(): boolean {
    return (
      !this.#exhausted || this.#tail.equals(END_OF_STREAM) || this.#tail.subarray(-FILE_MAGIC.length).equals(FILE_MAGIC)
    );
  }
}

/** Where the stream begins; `undefined` if these bytes do not tell. */
function streamStart(head: Buffer): number | undefined {
  if (head.length <= FILE_MAGIC.length) return undefined;
  if (!head.subarray(0, FILE_MAGIC.length).equals(FILE_MAGIC)) return 0;
  const start = head.subarray(FILE_MAGIC.length).findIndex((byte) => byte !== 0);
  return start === -1 ? undefined : FILE_MAGIC.length + start;
}
