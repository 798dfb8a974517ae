import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';

/** Identifies a state of a file, to detect that the file was changed or replaced. */
export interface FileVersion {
  /** Bytes. */
  size: number;
  device: bigint;
  inode: bigint;
  /** Nanoseconds. */
  modified: bigint;
}

export function versionOf({ size, dev, ino, mtimeNs }: BigIntStats): FileVersion {
  return { size: Number(size), device: dev, inode: ino, modified: mtimeNs };
}

/** Thrown if a file was changed since the run began, as its rows would no longer be consistent. */
export class ChangedFile extends StarlingError {
  constructor(what: string, file: string) {
    super('E_READ', `${what}; run again when nothing writes to it`, { file });
  }
}

/**
 * Refuses a file that was changed, except if it only grew: appended bytes do not affect a reader that starts at the beginning.
 * @throws ChangedFile
 */
export function refuseChange(before: FileVersion, now: FileVersion, file: string): void {
  if (now.device !== before.device || now.inode !== before.inode)
    throw new ChangedFile('another file has replaced it since the run began', file);
  if (now.size < before.size) throw cutFile(before.size, now.size, file);
  const isWritten = now.size === before.size && now.modified !== before.modified;
  if (isWritten && now.size > 0) throw writtenFile(file);
}

export function cutFile(before: number, now: number, file: string): ChangedFile {
  return new ChangedFile(
    `it had ${before} bytes when the run began and has ${now} now: it was truncated while it was read`,
    file,
  );
}

function writtenFile(file: string): ChangedFile {
  return new ChangedFile('it was written to while it was read', file);
}

/** The current version of the file at a path; `undefined` if there is none, as after the file was removed during the run. */
export async function versionAt(path: string): Promise<FileVersion | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && versionOf(stats);
}

/**
 * Refuses any change, also a growth, for readers that start at the end of the file.
 * @throws ChangedFile
 */
/** @param file `path` is where it lies, if its name is an address */
export async function refuseChanged({
  name,
  path = name,
  version,
}: {
  name: string;
  path?: string;
  version?: FileVersion;
}): Promise<void> {
  const now = version && (await versionAt(path));
  if (version === undefined || now === undefined) return;
  refuseChange(version, now, name);
  if (now.size !== version.size) throw writtenFile(name);
}
