import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { TensorFile } from './tensor-file.js';

/** Where a member of a zip archive lies in it. */
export interface ZipMember {
  name: string;
  start: number;
  bytes: number;
  /** CRC-32 of its bytes; 0 where it was saved without, as torch.serialization.set_crc32_options(False) has it. */
  crc: number;
}

const BYTES_AT_ONCE = 2 ** 24;

/**
 * Reads a member as a stream and holds it to its checksum, at about 1 GB/s.
 * @throws StarlingError E_CHECKPOINT when it was altered
 */
export async function checkMember(bytes: TensorFile, { name, start, bytes: size, crc }: ZipMember): Promise<void> {
  if (crc === 0) return;
  let found = 0;
  for (let at = 0; at < size; at += BYTES_AT_ONCE)
    found = crc32(await bytes.read(start + at, Math.min(size - at, BYTES_AT_ONCE)), found);
  if (found !== crc)
    throw bytes.broken(
      `${name} in its archive is damaged, its bytes ${start} to ${start + size} (CRC-32 ${hex(found)}, expected ${hex(crc)}); copy or load the file again`,
    );
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/**
 * Reads the directory of a zip archive (zip64 too) whose members are stored as they are, as PyTorch writes them.
 * @throws StarlingError E_CHECKPOINT when it is no whole archive, or a member is compressed, encrypted or there twice
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

/** Places that a damaged directory names may lie beyond the file, or beyond what a read can be asked for. */
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

  /** The file stays open: the members are read later. */
  override close(done: (error: Error | null) => void): void {
    setImmediate(done, null);
  }
}
