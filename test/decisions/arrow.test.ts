import assert from 'node:assert/strict';
import type { FileHandle } from 'node:fs/promises';
import { test } from 'node:test';
import {
  AsyncByteQueue,
  CompressionType,
  compressionRegistry,
  type Data,
  Field,
  Int32,
  makeBuilder,
  makeData,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampNanosecond,
  tableFromArrays,
  tableToIPC,
  Utf8,
  Vector,
} from 'apache-arrow';

const text = (bytes: number[], end = bytes.length): Data<Utf8> =>
  makeData({
    type: new Utf8(),
    length: 1,
    nullCount: 0,
    valueOffsets: new Int32Array([0, end]),
    data: new Uint8Array(bytes),
  });

test('Arrow requests the rest of a truncated file forever', async () => {
  const whole = tableToIPC(tableFromArrays({ a: Int32Array.from({ length: 1000 }, (_, i) => i) }), 'file');
  const MOST_READS = 1000;
  let reads = 0;
  const handle = {
    fd: 0,
    stat: async () => ({ size: whole.length }),
    // After two reads there are no more bytes, as if another program had truncated the file.
    async read(buffer: Uint8Array, offset: number, length: number, position: number) {
      if (++reads > MOST_READS) throw new Error('it reads forever');
      const part = whole.subarray(position, length < 4000 ? position + length : position);
      buffer.set(part, offset);
      return { bytesRead: part.length, buffer };
    },
    close: async () => {},
  };
  const read = async () => {
    for await (const _ of await RecordBatchReader.from(handle as unknown as FileHandle));
  };
  await assert.rejects(read, /it reads forever/);
});

test('Arrow gives the bytes that it wrote only to a reader that waits, and keeps them otherwise', () => {
  const queue = new AsyncByteQueue();
  queue.write(new Uint8Array([1, 2]));
  for (let i = 0; i < 2; i++) assert.deepEqual(queue.toUint8Array(true), new Uint8Array([1, 2]));
});

test('Arrow waits for another piece of a stream before it gives a batch that it has whole', async () => {
  const whole = tableToIPC(tableFromArrays({ a: Int32Array.of(1, 2) }), 'stream');
  const END_MARK_BYTES = 8;
  const asked: string[] = [];
  async function* pieces() {
    yield whole.subarray(0, whole.length - END_MARK_BYTES);
    asked.push('more');
    yield whole.subarray(-END_MARK_BYTES);
  }
  for await (const { numRows } of await RecordBatchReader.from(pieces())) asked.push(`a batch of ${numRows} rows`);
  assert.deepEqual(asked, ['more', 'a batch of 2 rows']);
});

test('Arrow drops a byte order mark and replaces bytes that are no UTF-8', () => {
  assert.equal(new Vector([text([0xef, 0xbb, 0xbf, 0x61])]).get(0), 'a');
  assert.equal(new Vector([text([0xff])]).get(0), '\uFFFD');
});

test('Arrow rounds times to the digits of a double of milliseconds', () => {
  const data = new BigInt64Array([1700000000123456789n]);
  const vector = new Vector([makeData({ type: new TimestampNanosecond(), length: 1, nullCount: 0, data })]);
  assert.equal(typeof vector.get(0), 'number');
});

test('Arrow gives a value whose offsets point outside of its bytes', () => {
  assert.equal(new Vector([text([0x41], 50)]).get(0), 'A');
});

test('Arrow takes inherited fields of an object for fields of a struct', () => {
  const type = new Struct([new Field('constructor', new Utf8(), true)]);
  const builder = makeBuilder({ type, nullValues: [null] });
  builder.append({} as never);
  assert.notEqual(builder.finish().toVector().get(0)?.toJSON().constructor, null);
});

test('Arrow gives a batch where a stream has none', () => {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, new Schema([new Field('a', new Int32(), true)]));
  writer.close();
  const batches = [...RecordBatchReader.from(writer.toUint8Array(true))];
  assert.deepEqual(
    batches.map(({ numRows }) => numRows),
    [0],
  );
});

test('Arrow unpacks no compressed buffer by itself', () => {
  for (const type of [CompressionType.LZ4_FRAME, CompressionType.ZSTD])
    assert.equal(compressionRegistry.get(type), null);
});
