import { StarlingError } from '../../../contracts/errors.js';
import { pipeHint } from '../../bytes/pipe-hint.js';
import { BYTE_ORDER_MARK, startsWith } from '../format.js';
import { NEWLINE } from './lines.js';

/** A kind of file that users often pass by mistake. No line of JSON begins like it. */
interface OtherKind {
  name: string;
  magic: Buffer;
  /** Byte offset of the magic number. */
  at?: number;
  /**
   * A shell command, without the file's name, that extracts JSON lines; absent for formats that are read, which are here only inside
   * compressed files.
   */
  command?: string;
}

const OTHER_KINDS: readonly OtherKind[] = [
  { name: 'gzip', magic: Buffer.from([0x1f, 0x8b]) },
  { name: 'Zstandard', magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]) },
  { name: 'Parquet', magic: Buffer.from('PAR1') },
  { name: 'Arrow', magic: Buffer.from('ARROW1') },
  { name: 'xz', magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), command: 'xz -dc' },
  { name: 'bzip2', magic: Buffer.from('BZh'), command: 'bzip2 -dc' },
  { name: 'LZ4', magic: Buffer.from([0x04, 0x22, 0x4d, 0x18]), command: 'lz4 -dc' },
  { name: 'compress (.Z)', magic: Buffer.from([0x1f, 0x9d]), command: 'gzip -dc' },
  { name: 'zip', magic: Buffer.from('PK\x03\x04'), command: 'unzip -p' },
  { name: '7z', magic: Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), command: '7z x -so' },
  // A prompt may have "ustar" at this offset, as in "custard", but never with a NUL after it.
  { name: 'tar', magic: Buffer.from('ustar\0'), at: 257, command: 'tar -xOf' },
  { name: 'tar', magic: Buffer.from('ustar  \0'), at: 257, command: 'tar -xOf' },
  { name: 'UTF-32 text', magic: Buffer.from([0xff, 0xfe, 0, 0]), command: 'iconv -f UTF-32 -t UTF-8' },
  { name: 'UTF-32 text', magic: Buffer.from([0, 0, 0xfe, 0xff]), command: 'iconv -f UTF-32 -t UTF-8' },
  { name: 'UTF-16 text', magic: Buffer.from([0xff, 0xfe]), command: 'iconv -f UTF-16 -t UTF-8' },
  { name: 'UTF-16 text', magic: Buffer.from([0xfe, 0xff]), command: 'iconv -f UTF-16 -t UTF-8' },
];

/** UTF-16 without a byte order mark, recognized by NULs among its first bytes. */
const UTF_16 = [
  { name: 'UTF-16 text', nul: [false, true, false, true], command: 'iconv -f UTF-16LE -t UTF-8' },
  { name: 'UTF-16 text', nul: [true, false, true, false], command: 'iconv -f UTF-16BE -t UTF-8' },
] as const;

const HEAD_BYTES = Math.max(...OTHER_KINDS.map(({ magic, at = 0 }) => at + magic.length));

/**
 * Passes on UTF-8 text without its byte order mark. The first bytes are held until the kind is known, at most until a newline.
 * @throws StarlingError E_READ before any text if the input is of another kind
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
  const other = OTHER_KINDS.find(({ magic, at = 0 }) => startsWith(head.subarray(at), magic)) ?? utf16Kind(head);
  if (other) {
    const [what, remedy] = other.command
      ? [other.name, pipeHint(other.command, file)]
      : [`${other.name} inside a compressed file`, 'unpack it once'];
    const message = `this looks like ${what}, expected JSON lines in UTF-8; ${remedy}`;
    throw new StarlingError('E_READ', message, { file });
  }
  return startsWith(head, BYTE_ORDER_MARK) ? head.subarray(BYTE_ORDER_MARK.length) : head;
}

function utf16Kind(head: Buffer): { name: string; command: string } | undefined {
  return UTF_16.find(({ nul }) => nul.every((isNul, at) => head.length > at && (head[at] === 0) === isNul));
}
