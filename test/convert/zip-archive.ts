import { crc32 } from 'node:zlib';

export interface Member {
  name: string;
  /** Its bytes, in order. */
  parts: Iterable<Buffer>;
}

const MAX_32 = 0xffffffff;

/** Yields, in parts, a zip archive of uncompressed members. The length and checksum of a member follow it. Large archives are zip64. */
export function* zipArchive(members: Iterable<Member>): Generator<Buffer> {
  const directory: Buffer[] = [];
  let position = 0;
  for (const { name, parts } of members) {
    const start = position;
    const header = record('PK\x03\x04', [
      [2, 45],
      [2, 0x0808],
      [2, 0],
      [4, 0],
      [4, 0],
      [4, 0],
      [4, 0],
      [2, name.length],
      [2, 0],
    ]);
    yield Buffer.concat([header, Buffer.from(name)]);
    let crc = 0;
    let size = 0;
    for (const part of parts) {
      crc = crc32(part, crc);
      size += part.length;
      yield part;
    }
    if (size >= MAX_32) throw new Error(`${name} needs zip64 in its descriptor`);
    yield record('PK\x07\x08', [
      [4, crc],
      [4, size],
      [4, size],
    ]);
    position = start + header.length + name.length + size + 16;
    directory.push(directoryEntry(name, crc, size, start));
  }
  const listed = Buffer.concat(directory);
  yield listed;
  yield ending(directory.length, listed.length, position);
}

function directoryEntry(name: string, crc: number, size: number, start: number): Buffer {
  const extra =
    start < MAX_32
      ? Buffer.alloc(0)
      : record('', [
          [2, 1],
          [2, 8],
          [8, start],
        ]);
  const fields = [
    [2, 45],
    [2, 45],
    [2, 0x0808],
    [2, 0],
    [4, 0],
    [4, crc],
    [4, size],
    [4, size],
    [2, name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, Math.min(start, MAX_32)],
  ];
  return Buffer.concat([record('PK\x01\x02', fields), Buffer.from(name), extra]);
}

/** The end of the directory, preceded by its zip64 form, as PyTorch writes it. */
function ending(count: number, size: number, start: number): Buffer {
  return Buffer.concat([
    record('PK\x06\x06', [
      [8, 44],
      [2, 45],
      [2, 45],
      [4, 0],
      [4, 0],
      [8, count],
      [8, count],
      [8, size],
      [8, start],
    ]),
    record('PK\x06\x07', [
      [4, 0],
      [8, start + size],
      [4, 1],
    ]),
    record('PK\x05\x06', [
      [2, 0],
      [2, 0],
      [2, count],
      [2, count],
      [4, size],
      [4, Math.min(start, MAX_32)],
      [2, 0],
    ]),
  ]);
}

/** A signature and little-endian fields, each [bytes, value]. */
function record(signature: string, fields: readonly (readonly number[])[]): Buffer {
  const parts = fields.map(([bytes, value]) => {
    const field = Buffer.alloc(bytes);
    if (bytes === 8) field.writeBigUInt64LE(BigInt(value));
    else field.writeUIntLE(value, 0, bytes);
    return field;
  });
  return Buffer.concat([Buffer.from(signature, 'latin1'), ...parts]);
}
