import { fstatSync, type Stats } from 'node:fs';
import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StarlingError } from '../../contracts/errors.js';

/** A place to write to. `name` is what messages call it. */
export type Target = DescriptorTarget | DeviceTarget | FileTarget;

/** Standard output, or a descriptor that the shell has opened: `-`, `>(cmd)`, `3> file`. */
interface DescriptorTarget {
  kind: 'descriptor';
  name: string;
  fd: number;
}

/** A named pipe or a device. */
interface DeviceTarget {
  kind: 'device';
  name: string;
}

export interface FileTarget {
  kind: 'file';
  name: string;
  /** The path after all symbolic links are resolved. */
  path: string;
  /** Whether the file, or a link to its path, exists. */
  exists: boolean;
}

const STDOUT = 1;
const STDERR = 2;
const DESCRIPTOR = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/;

/**
 * Determines the kind of a target without opening it. Nothing or `-` is standard output.
 * @throws StarlingError E_USAGE for a target that data cannot be written to
 */
export async function targetOf(target: string | undefined): Promise<Target> {
  const fd = descriptorOf(target);
  if (target === undefined || fd !== undefined) return descriptor(fd ?? STDOUT, target);
  const stats = await statsOf(target);
  if (stats?.isDirectory() || target === '') throw notAFile(target);
  if (stats && !stats.isFile()) return { kind: 'device', name: target };
  if (stats) return { kind: 'file', name: target, path: await realpath(target), exists: true };
  const path = await endOfLinks(target);
  return { kind: 'file', name: target, path, exists: path !== target };
}

/** Opening a descriptor by its name would give a separate file position, and fails for a socket. */
export function descriptorOf(target: string | undefined): number | undefined {
  if (target === undefined || target === '-' || target === '/dev/stdout') return STDOUT;
  if (target === '/dev/stderr') return STDERR;
  const [, number] = DESCRIPTOR.exec(target) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** What messages call the descriptor that `target` names. */
export function descriptorName(fd: number, target = '-'): string {
  return fd === STDOUT ? '<stdout>' : target;
}

function descriptor(fd: number, target?: string): DescriptorTarget {
  const name = descriptorName(fd, target);
  try {
    if (fstatSync(fd).isDirectory()) throw notAFile(name);
  } catch (cause) {
    if (cause instanceof StarlingError) throw cause;
    throw new StarlingError('E_USAGE', `cannot be written to: ${(cause as Error).message}`, { file: name }, cause);
  }
  return { kind: 'descriptor', name, fd };
}

/** `undefined` if nothing exists at the path. */
async function statsOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new StarlingError('E_USAGE', `cannot be created: ${cause.message}`, { file: path }, cause);
  });
}

/** Follows a chain of links whose end does not exist. A file that is created there is visible through the links. */
async function endOfLinks(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isSymbolicLink() ? endOfLinks(resolve(dirname(path), await readlink(path))) : path;
}

function notAFile(file: string): StarlingError {
  return new StarlingError('E_USAGE', 'not a file to write', { file });
}
