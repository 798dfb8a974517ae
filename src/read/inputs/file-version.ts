import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';

/** What tells one state of a file from another, and the file from one that takes its place. */
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

/** Ends a run whose rows would not be those of the file as it was when the run began. */
export class ChangedFile extends StarlingError {
  constructor(what: string, file: string) {
    super('E_READ', `${what}; run again when nothing writes to it`, { file });
  }
}

/**
 * Bytes that were added stand behind those that were there, so a reader from the beginning on is not concerned.
 * @throws ChangedFile for any other change
 */
export function refuseChange(before: FileVersion, now: FileVersion, file: string): void {
  if (now.device !== before.device || now.inode !== before.inode)
    throw new ChangedFile('another file has taken its place since the run began', file);
  if (now.size < before.size) throw cutFile(before.size, now.size, file);
  const isWritten = now.size === before.size && now.modified !== before.modified;
  if (isWritten && now.size > 0) throw writtenFile(file);
}

export function cutFile(before: number, now: number, file: string): ChangedFile {
  return new ChangedFile(
    `it had ${before} bytes when the run began and has ${now} now: it was cut while it was read`,
    file,
  );
}

function writtenFile(file: string): ChangedFile {
  return new ChangedFile('it was written to while it was read', file);
}

/** The version of what a path leads to; `undefined` where nothing is, as when a file that is being read was removed. */
export async function versionAt(path: string): Promise<FileVersion | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && versionOf(stats);
}

/**
 * For a reader that goes by the file's end: bytes that were added make another file of it too.
 * @throws ChangedFile
 */
export async function refuseChanged({ name, version }: { name: string; version?: FileVersion }): Promise<void> {
  const now = version && (await versionAt(name));
  if (version === undefined || now === undefined) return;
  refuseChange(version, now, name);
  if (now.size !== version.size) throw writtenFile(name);
}
