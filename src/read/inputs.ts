import { constants, fstatSync, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { StarlingError } from '../errors.js';

export interface ReadOptions {
  /** Bytes of the longest line that is kept, its newline not counted. */
  maxLineBytes: number;
  signal?: AbortSignal;
  /** Told the bytes of each line, before what it holds is given. */
  onBytes?(count: number): void;
}

/** Something to read that was there when it was checked. It is opened when its turn comes. */
export interface Input {
  /** The path as given; `<stdin>` for stdin. */
  name: string;
  kind: 'file' | 'fifo' | 'stdin';
  /** Bytes of text; unknown for whatever has no end yet, or is compressed by its name. */
  size?: number;
}

/** Where a stdin that is a socket cannot be opened by path: all of these are read as `-` is. */
const STDIN_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

const STDIN: Input = { name: '<stdin>', kind: 'stdin' };

/**
 * Checks, before anything is read, that each path is there, is no folder and may be read. `-` or no path at all is stdin.
 * @throws StarlingError E_NO_INPUT naming the file; E_USAGE if stdin is named twice
 */
export async function openInputs(paths: readonly string[]): Promise<Input[]> {
  const named = paths.length === 0 ? ['-'] : paths;
  if (named.filter((path) => STDIN_PATHS.has(path)).length > 1) {
    throw new StarlingError('E_USAGE', 'stdin is named more than once and can be read only once; give - one time');
  }
  return await Promise.all(named.map((path) => (STDIN_PATHS.has(path) ? checkedStdin() : checkedPath(path))));
}

function checkedStdin(): Input {
  if (fstatSync(0).isDirectory()) throw folder(STDIN.name);
  return STDIN;
}

async function checkedPath(path: string): Promise<Input> {
  const stats = await readable(path);
  if (stats.isDirectory()) throw folder(path);
  return {
    name: path,
    kind: stats.isFIFO() ? 'fifo' : 'file',
    ...(stats.isFile() && !/\.(gz|zst)$/.test(path) && { size: stats.size }),
  };
}

async function readable(path: string): Promise<Stats> {
  try {
    const stats = await stat(path);
    await access(path, constants.R_OK);
    return stats;
  } catch (cause) {
    throw new StarlingError('E_NO_INPUT', whyNot(cause), { file: path }, cause);
  }
}

function folder(file: string): StarlingError {
  return new StarlingError('E_NO_INPUT', 'this is a folder, expected a file; name the files in it', { file });
}

function whyNot(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file; check the path, or give - to read stdin';
  if (code === 'EACCES') return 'the file may not be read by this user; change its permissions';
  return `the file cannot be read (${code}); expected a file of JSON lines`;
}
