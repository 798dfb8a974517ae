import { type Entry, openPromise, type ZipFile } from 'yauzl';
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
  const archive = await understood(bytes, openPromise(bytes.file, { autoClose: false }));
  try {
    const entries = archive.eachEntry();
    for (;;) {
      const next = await understood(bytes, entries.next());
      if (next.done) return members;
      const { fileName } = next.value;
      if (members.has(fileName)) throw bytes.broken(`its archive has ${fileName} twice`);
      members.set(fileName, await placed(bytes, archive, next.value));
    }
  } finally {
    archive.close();
  }
}

async function placed(bytes: FileBytes, archive: ZipFile, entry: Entry): Promise<ZipMember> {
  if (entry.compressionMethod !== 0 || entry.isEncrypted())
    throw bytes.broken(`${entry.fileName} in its archive is compressed or encrypted, which torch.save never does`);
  const header = await understood(bytes, archive.readLocalFileHeaderPromise(entry, { minimal: true }));
  return { start: header.fileDataStart, bytes: entry.uncompressedSize };
}

async function understood<T>(bytes: FileBytes, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    throw bytes.broken(`its zip archive cannot be read: ${(cause as Error).message}`);
  }
}
