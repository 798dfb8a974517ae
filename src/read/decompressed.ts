import { StarlingError } from '../errors.js';
import { gunzipped } from './gzip.js';
import { unzstd } from './zstd.js';

/** Compressed files by their first bytes, with which no line of JSON begins. */
const KINDS = [
  { kind: 'gzip', magic: Buffer.from([0x1f, 0x8b]), unpack: gunzipped },
  { kind: 'Zstandard', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpack: unzstd },
] as const;

/**
 * The bytes of a file, unpacked if it is compressed. What was unpacked before a damaged place is given before the error.
 * @param close ends the pieces, even while the next one is awaited
 * @throws StarlingError E_READ if a compressed file is damaged or ends too early
 */
export async function* decompressed(
  pieces: AsyncIterable<Buffer>,
  file: string,
  close: () => void,
): AsyncGenerator<Buffer> {
  const source = pieces[Symbol.asyncIterator]();
  try {
    const head = await headOf(source);
    const whole = continued(head, source);
    const found = KINDS.find(({ magic }) => startsWith(head, magic));
    if (found === undefined) yield* whole;
    else yield* located(found.unpack(whole), found.kind, file);
  } finally {
    // Unpacking reads ahead: without this, leaving would wait for the piece that it asked for.
    close();
    await source.return?.();
  }
}

/** As many of the first bytes as are needed to know the kind. */
async function headOf(source: AsyncIterator<Buffer>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (KINDS.some(({ magic }) => head.length < magic.length && startsWith(magic, head))) {
    const { done, value } = await source.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return head;
}

async function* continued(head: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (;;) {
    const { done, value } = await source.next();
    if (done) return;
    yield value;
  }
}

async function* located(pieces: AsyncIterable<Buffer>, kind: string, file: string): AsyncGenerator<Buffer> {
  let count = 0;
  try {
    for await (const piece of pieces) {
      count += piece.length;
      yield piece;
    }
  } catch (cause) {
    if (cause instanceof StarlingError) throw cause;
    const what = cause instanceof Error ? cause.message : String(cause);
    const message = `the ${kind} data is damaged or ends too early, after ${count} unpacked bytes (${what}); copy the file again`;
    throw new StarlingError('E_READ', message, { file }, cause);
  }
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}
