import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The bytes that gzip members hold, as they arrive. Throws the error of zlib for what is damaged or ends too early. */
export async function* gunzipped(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(pieces, { objectMode: false });
  const unpacking = source.pipe(createGunzip());
  source.once('error', (error) => unpacking.destroy(error));
  try {
    yield* unpacking as AsyncIterable<Buffer>;
  } finally {
    source.destroy();
  }
}
