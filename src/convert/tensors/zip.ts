import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import type { FileBytes } from './file-bytes.js';

/** Where a member of a zip archive lies in it. */
export interface ZipMember {
  start: number;
  bytes: number;
}

/**
 * Reads the directory of a zip archive (zip64 too) whose members are stored as they are, as PyTorch writes them.
 * @throws StarlingError E_CHECKPOINT when it is no whole archive, or a member is compressed, encrypted or there twice
 */
export async function zipMembers(bytes: FileBytes): Promise<Map<string, ZipMember>> {
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
  return { start: fileDataStart, bytes: entry.uncompressedSize };
}

/** Places that a damaged directory names may lie beyond the file, or beyond what a read can be asked for. */
class ArchiveBytes extends RandomAccessReader {
  readonly #bytes: FileBytes;

  constructor(bytes: FileBytes) {
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
