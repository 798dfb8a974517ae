import { StarlingError } from '../errors.js';
import { NEWLINE } from './lines.js';

/** First bytes of files that are often given by mistake, and what makes JSON lines of them. No line of JSON begins like this. */
const OTHER_KINDS: readonly { magic: Buffer; kind: string; remedy: string }[] = [
  { magic: Buffer.from([0x1f, 0x8b]), kind: 'gzip inside of a compressed file', remedy: 'unpack it once' },
  {
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    kind: 'Zstandard inside of a compressed file',
    remedy: 'unpack it once',
  },
  { magic: Buffer.from([0xff, 0xfe]), kind: 'UTF-16 text', remedy: pipe('iconv -f UTF-16 -t UTF-8 file') },
  { magic: Buffer.from([0xfe, 0xff]), kind: 'UTF-16 text', remedy: pipe('iconv -f UTF-16 -t UTF-8 file') },
  {
    magic: Buffer.from('PAR1'),
    kind: 'Parquet',
    remedy: pipe(`duckdb -c "copy (from 'file') to '/dev/stdout' (format json)"`),
  },
  { magic: Buffer.from('ARROW1'), kind: 'Arrow', remedy: 'write it as JSON lines first' },
];

const HEAD_BYTES = Math.max(...OTHER_KINDS.map(({ magic }) => magic.length));

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Lets UTF-8 text through without its byte order mark. The first bytes wait until they tell the kind, at most until a newline.
 * @throws StarlingError E_READ at once if the input is of another kind
 */
export async function* plainText(pieces: AsyncIterable<Buffer>, file: string): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    head = Buffer.concat([head, piece]);
    if (head.length < HEAD_BYTES && !head.includes(NEWLINE)) continue;
    yield checkedHead(head, file);
    head = undefined;
  }
  if (head !== undefined) yield checkedHead(head, file);
}

function checkedHead(head: Buffer, file: string): Buffer {
  const other = OTHER_KINDS.find(({ magic }) => startsWith(head, magic));
  if (other) {
    const message = `this looks like ${other.kind}, expected JSON lines in UTF-8; ${other.remedy}`;
    throw new StarlingError('E_READ', message, { file });
  }
  return startsWith(head, BYTE_ORDER_MARK) ? head.subarray(BYTE_ORDER_MARK.length) : head;
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.subarray(0, start.length).equals(start);
}

function pipe(command: string): string {
  return `try: ${command} | starling-rm score -`;
}
