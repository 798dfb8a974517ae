import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import type {
  AsyncByteQueue,
  Data,
  DataType,
  RecordBatch,
  RecordBatchWriter,
  Struct,
  Union,
  Vector,
} from 'apache-arrow';
import { bytesText, plainInteger } from '../json/json-text.js';
import { decimalValue } from './decimal-value.js';
import { dateText, timestampText, timeText } from './time-text.js';

type Library = typeof import('apache-arrow');

/** Types that pandas, polars and DuckDB read without a cast. Every value may be null. */
export type ArrowType =
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'double'
  | 'string'
  | { list: ArrowType }
  | { struct: ReadonlyMap<string, ArrowType> };

export interface ArrowColumn {
  name: string;
  type: ArrowType;
}

/** Layout of Arrow IPC: a stream is read in order; a file has a footer that locates its batches. */
export type ArrowLayout = 'stream' | 'file';

/** Encodes rows as Arrow IPC. The returned pieces, concatenated, are the stream or the file. */
export interface ArrowEncoder {
  /** @param rows one JSON value for each column in each row; structs are objects */
  batch(rows: readonly (readonly unknown[])[]): Uint8Array;
  /** The end of the data. It includes the schema if there was no batch. */
  end(): Uint8Array;
}

/** Texts about a whole file, by their keys. */
export type ArrowMetadata = ReadonlyMap<string, string>;

/**
 * Loads the library and opens an encoder. Batches are neither compressed nor dictionary-encoded, so that every reader accepts them.
 * @param metadata of the schema
 */
export async function openArrowEncoder(
  columns: readonly ArrowColumn[],
  layout: ArrowLayout,
  metadata: ArrowMetadata = new Map(),
): Promise<ArrowEncoder> {
  const library = await import('apache-arrow');
  const fields = columns.map(({ name, type }) => new library.Field(name, dataType(library, type), true));
  const schema = new library.Schema(fields, new Map(metadata));
  const pieces = new Pieces(library);
  const writer: RecordBatchWriter =
    layout === 'stream' ? new library.RecordBatchStreamWriter() : new library.RecordBatchFileWriter();
  writer.reset(pieces.queue, schema);
  return {
    batch(rows) {
      const children = columns.map(({ type }, c) => {
        const builder = library.makeBuilder({ type: fields[c].type, nullValues: [null] });
        for (const row of rows) builder.append(encoded(row[c], type));
        return builder.finish().flush();
      });
      const type = new library.Struct(fields);
      writer.write(
        new library.RecordBatch(schema, library.makeData({ type, length: rows.length, nullCount: 0, children })),
      );
      return pieces.taken();
    },
    end() {
      writer.close();
      return pieces.taken();
    },
  };
}

/** Collects the writer's output, so that it can be taken at any time. The library's own queue hands it out only to a pending read. */
class Pieces {
  readonly queue: AsyncByteQueue;
  #pieces: Uint8Array[] = [];

  constructor(library: Library) {
    this.queue = new library.AsyncByteQueue();
    this.queue.write = (piece: Uint8Array) => {
      this.#pieces.push(piece);
    };
  }

  taken(): Uint8Array {
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return bytes;
  }
}

function dataType(library: Library, type: ArrowType): DataType {
  if (type === 'boolean') return new library.Bool();
  if (type === 'int32') return new library.Int32();
  if (type === 'int64') return new library.Int64();
  if (type === 'double') return new library.Float64();
  if (type === 'string') return new library.Utf8();
  if ('list' in type) return new library.List(new library.Field('item', dataType(library, type.list), true));
  return new library.Struct(
    [...type.struct].map(([name, field]) => new library.Field(name, dataType(library, field), true)),
  );
}

/**
 * Converts a value for the library's builders. A 64-bit integer is a bigint. A struct is a list, as the builders would find inherited
 * fields in an object.
 */
function encoded(value: unknown, type: ArrowType): unknown {
  if (value === null || value === undefined) return null;
  if (type === 'int64') return BigInt(value as number);
  if (typeof type === 'string') return typeof value === 'bigint' ? `${value}` : value;
  if ('list' in type) return (value as unknown[]).map((item) => encoded(item, type.list));
  const struct = value as Record<string, unknown>;
  return [...type.struct].map(([name, field]) => (Object.hasOwn(struct, name) ? encoded(struct[name], field) : null));
}

/** Decompresses a buffer to exactly `size` bytes. @throws Error if it is damaged or has another size */
export type Unpack = (bytes: Uint8Array, size: number) => Uint8Array;

/** Decompressors for the buffers of record batches. */
export interface IpcCodecs {
  lz4: Unpack;
  zstd: Unpack;
}

/** A value in JSON's types. Types that JSON lacks, such as dates, become text; a map becomes a list of `{ key, value }`. */
type Plain = string | number | bigint | boolean | null | Plain[] | { [key: string]: Plain };

/** Thrown for text that is not valid UTF-8. Invalid bytes are never silently replaced. */
export class NotUtf8 extends Error {
  readonly bytes: Uint8Array;
  /** Where it stands in its row: `answers[1].answer`. */
  readonly field: string;

  constructor(bytes: Uint8Array, field = '') {
    super(`text that is no UTF-8 in ${field}`);
    this.name = 'NotUtf8';
    this.bytes = bytes;
    this.field = field;
  }
}

/** Bytes before a compressed buffer that hold its decompressed size. */
const SIZE_BYTES = 8;

/** `BinaryView`: the size of a view, and the longest value that is stored inside the view. */
const VIEW_BYTES = 16;
const MOST_INLINE_BYTES = 12;

/** Arrow numbers the units of time from 0: seconds, milliseconds, microseconds, nanoseconds. Each adds three digits. */
const DIGITS_OF_UNIT = 3;
const MILLISECONDS_OF_DAY = 86_400_000;

/** The rows of a record batch. Each function decodes its row; it throws an Error if the row is damaged, and NotUtf8 for invalid text. */
export type IpcRows = Iterable<() => Record<string, Plain>> & { readonly count: number };

/**
 * The rows of an Arrow IPC stream, one record batch at a time. The caller has to check the metadata before.
 * @param onMetadata called with the metadata of the schema, before the first batch
 * @throws Error of the library if the stream is damaged or ends inside a message; an end between two messages is no error
 */
export async function* readIpc(
  source: AsyncIterable<Uint8Array>,
  codecs: IpcCodecs,
  onMetadata: (metadata: ArrowMetadata) => void,
): AsyncGenerator<IpcRows> {
  const library = await openLibrary(codecs);
  let isBegun = false;
  for await (const batch of await library.RecordBatchReader.from(source)) {
    if (!isBegun) onMetadata(batch.schema.metadata);
    isBegun = true;
    yield* rowsIn(library, batch);
  }
}

/**
 * The rows of an Arrow IPC file, located by its footer, as the body of some files is not a valid stream.
 * @param batches yields once for each batch of the file, before the batch is read; the dictionaries are read before the first batch
 * @param onMetadata called with the metadata of the schema, before the first batch
 */
export async function* readIpcFile(
  file: FileHandle,
  batches: AsyncIterable<void>,
  codecs: IpcCodecs,
  onMetadata: (metadata: ArrowMetadata) => void,
): AsyncGenerator<IpcRows> {
  const library = await openLibrary(codecs);
  const reader = await library.RecordBatchReader.from(wholeReads(file));
  await reader.open();
  onMetadata(reader.schema.metadata);
  let index = 0;
  for await (const _ of batches) {
    const batch = await reader.readRecordBatch(index++);
    if (batch === null) throw new Error(`batch ${index - 1} is missing`);
    yield* rowsIn(library, batch);
  }
}

/**
 * The same file with reads that throw an Error at the end of the file. On a truncated file the library would repeat a short read forever.
 */
function wholeReads(file: FileHandle): FileHandle {
  const read = async (buffer: Uint8Array, offset: number, length: number, position: number) => {
    let bytesRead = 0;
    while (bytesRead < length) {
      const part = await file.read(buffer, offset + bytesRead, length - bytesRead, position + bytesRead);
      if (part.bytesRead === 0) throw new Error('it ends too early');
      bytesRead += part.bytesRead;
    }
    return { bytesRead, buffer };
  };
  return Object.create(file, { fd: { value: file.fd }, stat: { value: () => file.stat() }, read: { value: read } });
}

async function openLibrary({ lz4, zstd }: IpcCodecs): Promise<Library> {
  const library = await import('apache-arrow');
  const { compressionRegistry, CompressionType } = library;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (bytes) => lz4(bytes, sizeBefore(bytes)) });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => zstd(bytes, sizeBefore(bytes)) });
  return library;
}

/** Skips the batch with invalid columns that the library makes up for a stream without batches. */
function* rowsIn(library: Library, batch: RecordBatch): Generator<IpcRows> {
  if (batch.numRows > 0 || batch.data.children.some(({ length }) => length > 0))
    yield Object.assign(rowsOf(library, columnsOf(library, batch), batch.numRows), { count: batch.numRows });
}

function sizeBefore(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset - SIZE_BYTES, SIZE_BYTES).getBigInt64(0, true));
}

interface Column {
  name: string;
  type: DataType;
  values: Vector;
}

/** @throws Error if a column has offsets outside its buffers */
function columnsOf(library: Library, batch: RecordBatch): Column[] {
  return batch.schema.fields.map(({ name, type }, c) => {
    const data = undecoded(library, batch.data.children[c]);
    if (isSound(library, data)) return { name, type, values: new library.Vector([data]) };
    throw new Error(`column ${name} has offsets out of bounds`);
  });
}

function* rowsOf(library: Library, columns: readonly Column[], count: number): Generator<() => Record<string, Plain>> {
  for (let row = 0; row < count; row++) {
    yield () =>
      Object.fromEntries(
        columns.map(({ name, type, values }) => [name, inside(name, () => plain(library, type, values.get(row)))]),
      );
  }
}

/**
 * The same values with texts as bytes and times as integers. The library's own decoders drop a byte order mark at the start of a text,
 * replace invalid UTF-8, and round times to milliseconds.
 */
function undecoded(library: Library, data: Data): Data {
  const { type, offset, length, nullCount, dictionary, variadicBuffers } = data;
  const children = data.children.map((child) => undecoded(library, child));
  const known = dictionary && new library.Vector(dictionary.data.map((part) => undecoded(library, part)));
  return new library.Data(
    storedType(library, type),
    offset,
    length,
    nullCount,
    data,
    children,
    known,
    variadicBuffers,
  ) as Data;
}

function storedType(library: Library, type: DataType): DataType {
  const { DataType: is, DateUnit } = library;
  if (is.isUtf8(type)) return new library.Binary();
  if (is.isLargeUtf8(type)) return new library.LargeBinary();
  if (is.isUtf8View(type)) return new library.BinaryView();
  if (is.isTimestamp(type)) return new library.Int64();
  if (is.isTime(type)) return type.bitWidth === 64 ? new library.Int64() : new library.Int32();
  if (is.isDate(type)) return type.unit === DateUnit.DAY ? new library.Int32() : new library.Int64();
  return type;
}

/**
 * Whether all offsets and indices of `undecoded` data lie within its buffers. For others the library makes up values, and for a list
 * billions of them.
 */
function isSound(library: Library, data: Data): boolean {
  const { type, length, children, nullCount, nullBitmap, values, dictionary } = data;
  const { DataType: is } = library;
  if (is.isNull(type)) return true;
  if (nullCount > 0 && 8 * (nullBitmap?.length ?? 0) < length) return false;
  if (![...children, ...(dictionary?.data ?? [])].every((part) => isSound(library, part))) return false;
  if (is.isBinary(type) || is.isLargeBinary(type)) return areOffsets(data, values.length);
  if (is.isList(type) || is.isLargeList(type) || is.isMap(type)) return areOffsets(data, children[0].length);
  if (is.isStruct(type)) return children.every((child) => child.length >= length);
  if (is.isFixedSizeList(type)) return children[0].length >= length * type.listSize;
  if (is.isDictionary(type)) return areIndices(data, dictionary?.length ?? 0);
  if (is.isBinaryView(type)) return areViews(data);
  if (is.isUnion(type)) return areMembers(data);
  return values.length * (is.isBool(type) ? 8 : 1) >= length * data.stride;
}

/** Whether each value begins where the one before it ends, and the last one ends by `end`. */
function areOffsets({ length, valueOffsets }: Data, end: number): boolean {
  if (length === 0) return true;
  if (valueOffsets.length <= length) return false;
  let from = 0;
  for (let i = 0; i <= length; i++) {
    const to = Number(valueOffsets[i]);
    if (to < from) return false;
    from = to;
  }
  return from <= end;
}

function areIndices(data: Data, end: number): boolean {
  if (data.values.length < data.length) return false;
  for (let i = 0; i < data.length; i++) {
    const index = Number(data.values[i]);
    if ((index < 0 || index >= end) && data.getValid(i)) return false;
  }
  return true;
}

/** A view holds its length. If the value does not fit into the view, four bytes, the number of a buffer and an offset into it follow. */
function areViews({ length, values, variadicBuffers }: Data): boolean {
  if (values.length < length * VIEW_BYTES) return false;
  const views = new DataView(values.buffer, values.byteOffset, values.byteLength);
  for (let at = 0; at < length * VIEW_BYTES; at += VIEW_BYTES) {
    const size = views.getInt32(at, true);
    if (size <= MOST_INLINE_BYTES) continue;
    const buffer = variadicBuffers[views.getInt32(at + 8, true)];
    const from = views.getInt32(at + 12, true);
    if (buffer === undefined || from < 0 || from + size > buffer.length) return false;
  }
  return true;
}

function areMembers({ type, length, typeIds, valueOffsets, children }: Data): boolean {
  const { typeIdToChildIndex } = type as Union;
  if (typeIds.length < length) return false;
  for (let i = 0; i < length; i++) {
    const child = children[typeIdToChildIndex[typeIds[i]]];
    const at = valueOffsets === undefined ? i : Number(valueOffsets[i]);
    if (child === undefined || !(at >= 0 && at < child.length)) return false;
  }
  return true;
}

/** @param value the library's value for the type, from `undecoded` data */
function plain(library: Library, type: DataType, value: unknown): Plain {
  const { DataType: is } = library;
  if (value === null || value === undefined) return null;
  if (is.isDictionary(type)) return plain(library, type.dictionary, value);
  if (value instanceof Uint8Array) {
    return is.isUtf8(type) || is.isLargeUtf8(type) || is.isUtf8View(type) ? text(value) : bytesText(value);
  }
  if (typeof value === 'boolean') return value;
  if (is.isTimestamp(type)) return timestampText(BigInt(value as bigint), DIGITS_OF_UNIT * type.unit, !!type.timezone);
  if (is.isTime(type)) return timeText(BigInt(value as bigint | number), DIGITS_OF_UNIT * type.unit);
  if (is.isDate(type)) return dateText(type.unit === library.DateUnit.DAY ? Number(value) : wholeDays(Number(value)));
  if (typeof value === 'bigint') return plainInteger(value);
  if (is.isDecimal(type)) return decimal(integerOf(value as Uint32Array), type.scale);
  if (typeof value === 'number') return value;
  if (is.isList(type) || is.isFixedSizeList(type) || is.isLargeList(type)) {
    return list(library, type.children[0].type, value as Iterable<unknown>);
  }
  if (is.isStruct(type)) return struct(library, type, value as Iterable<[string, unknown]>);
  if (is.isMap(type)) return map(library, type.children[0].type as Struct, value as Iterable<[unknown, unknown]>);
  return `${value}`;
}

function list(library: Library, type: DataType, items: Iterable<unknown>): Plain[] {
  return Array.from(items, (item, i) => inside(`[${i}]`, () => plain(library, type, item)));
}

/** Reads fields by position, as names such as `__proto__` would find inherited properties. */
function struct(library: Library, { children }: Struct, fields: Iterable<[string, unknown]>): Plain {
  const values = Array.from(fields, ([name, value], i) => {
    return [name, inside(`.${name}`, () => plain(library, children[i].type, value))] as const;
  });
  return Object.fromEntries(values);
}

function map(library: Library, { children: [key, item] }: Struct, entries: Iterable<[unknown, unknown]>): Plain[] {
  return Array.from(entries, ([k, v], i) =>
    inside(`[${i}]`, () => ({ key: plain(library, key.type, k), value: plain(library, item.type, v) })),
  );
}

/** Runs `work`, and prefixes the field of a NotUtf8 that it throws with `part`. */
function inside<Value>(part: string, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw error instanceof NotUtf8 ? new NotUtf8(error.bytes, `${part}${error.field}`) : error;
  }
}

function text(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new NotUtf8(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function wholeDays(milliseconds: number): number {
  return Math.floor(milliseconds / MILLISECONDS_OF_DAY);
}

/** An integer in two's complement, lowest 32 bits first. The library's own conversion to text is correct only for 32 and 128 bits. */
function integerOf(words: Uint32Array): bigint {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]);
  return BigInt.asIntN(32 * words.length, value);
}

/** A negative scale counts trailing zeros that are not stored. */
function decimal(integer: bigint, scale: number): number | string {
  const unscaled = integer * 10n ** BigInt(Math.max(0, -scale));
  const places = Math.max(0, scale);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return decimalValue(`${unscaled < 0n ? '-' : ''}${whole}${places > 0 ? `.${digits.slice(-places)}` : ''}`);
}
