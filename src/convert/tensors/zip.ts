import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { TensorFile } from './tensor-file.js';

/** The place of a member in a zip archive, in bytes from the start of the archive. */
export interface ZipMember {
  name: string;
  start: number;
  bytes: number;
  /** CRC-32 of its bytes; 0 in an archive saved without checksums (torch.serialization.set_crc32_options(False)). */
  crc: number;
}

const BYTES_AT_ONCE = 2 ** 24;

/**
 * Verifies the checksum of a member, at about 1 GB/s. It reads the member in blocks.
 * @throws StarlingError E_CHECKPOINT when the member is damaged
 */
export async function checkMember(bytes: TensorFile, { name, start, bytes: size, crc }: ZipMember): Promise<void> {
  if (crc === 0) return;
  let found = 0;
  for (let at = 0; at < size; at += BYTES_AT_ONCE)
    found = crc32(await bytes.read(start + at, Math.min(size - at, BYTES_AT_ONCE)), found);
  if (found !== crc)
    throw bytes.broken(
      `${name} in its archive is damaged at bytes ${start} to ${start + size} (CRC-32 ${hex(found)}, expected ${hex(crc)}); copy or download the file again`,
    );
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/**
 * Reads the directory of a zip archive (zip64 too). Its members are uncompressed, as PyTorch writes them.
 * @throws StarlingError E_CHECKPOINT when the archive is incomplete, or a member is compressed, encrypted or repeated
 */
export async function zipMembers(bytes: TensorFile): Promise<Map<string, ZipMember>> {
  const members = new Map<string, ZipMember>();
  try {
    const archive = await fromRandomAccessReaderPromise(new ArchiveBytes(bytes), bytes.size, { autoClose: false });
    for await (const entry of archive.eachEntry()) {
      if (members.has(entry.fileName)) throw new Error(`it has ${entry.fileName} twice`);
      members.set(entry.fileName, await placed(archive, entry));
    }
    archive.close();
  } catch (cause) {
    throw bytes.broken(`its zip archive cannot be read: ${(cause as Error).message}`);
  }
  return members;
}

async function placed(archive: ZipFile, entry: Entry): Promise<ZipMember> {
  if (entry.compressionMethod !== 0 || entry.isEncrypted())
    throw new Error(`${entry.fileName} is compressed or encrypted, which torch.save never does`);
  const { fileDataStart } = await archive.readLocalFileHeaderPromise(entry, { minimal: true });
  return { name: entry.fileName, start: fileDataStart, bytes: entry.uncompressedSize, crc: entry.crc32 };
}

/** Checks the range of each read: a damaged directory can point beyond the end of the file. */
class ArchiveBytes extends RandomAccessReader {
  readonly #bytes: TensorFile;

  constructor(bytes: TensorFile) {
    super();
    this.#bytes = bytes;
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, done: (error: Error | null) => void) {
    const end = position + length;
    if (!(position >= 0 && end <= this.#bytes.size)) {
      setImmediate(done, new Error(`bytes ${position} to ${end} are beyond its end: truncated, or altered`));
      return;
    }
    this.#bytes.read(position, length).then((part) => {
      part.copy(buffer, offset);
      done(null);
    }, done);
  }

  /** Does not close the file: the members are read later. */
  override close(done: (error: Error | null) => void): void {
    setImmediate(done, null);
  }
}
