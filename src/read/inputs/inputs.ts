import { type BigIntStats, constants, fstatSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';
import type { InputFormat } from '../records/format.js';
import type { JsonLimits } from '../records/json/json-line.js';
import { type FileVersion, versionOf } from './file-version.js';
import { filesInFolder, type OnPassedOver } from './folder-files.js';
import { filesMatching, isPattern } from './shards.js';

export interface ReadOptions extends JsonLimits {
  /** Bytes that one compressed input may hold, unpacked. */
  maxUnpackedBytes: number;
  /** If absent, told by the first bytes of each input, then by its name. */
  format?: InputFormat;
  /** SQL: the rows of Parquet files to read; `row` still counts all. */
  where?: string;
  signal?: AbortSignal;
  /** Told the bytes of each piece of a file, compressed as it may be, when the rows that it holds were taken. */
  onBytes?(count: number): void;
  /** Told of a file to which bytes were added while it was read; the rows are those that it had before. */
  onGrown?(message: string): void;
}

/** How one input is read. */
export interface SourceOptions extends ReadOptions {
  /** Whether the value of the record at this position in the input is not needed. */
  isDone?(position: number): boolean;
}

/** What is read without being asked for more: lines of 32 MiB, 64 GiB out of one compressed input. */
export const LIMITS = { maxLineBytes: 2 ** 25, maxNesting: 100, maxUnpackedBytes: 2 ** 36, maxAnswers: 1000 };

/** Something to read that was there when it was checked. It is opened when its turn comes. */
export interface Input {
  /** The path as given; `<stdin>` for stdin. */
  name: string;
  kind: 'file' | 'fifo' | 'stdin';
  /** Bytes; unknown for whatever has no end yet. */
  size?: number;
  /** Of a regular file, when it was checked: its rows are those of this version, or the run ends. */
  version?: FileVersion;
  /** Where it was found; absent if it was named itself. */
  folder?: string;
}

/** Where a stdin that is a socket cannot be opened by path: all of these are read as `-` is. */
const STDIN_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

const STDIN: Input = { name: '<stdin>', kind: 'stdin' };

/**
 * Checks, before anything is read, that each path is there and may be read. `-` or no path at all is stdin, a folder stands for the
 * files of data in it, and a path that is not there may be a pattern, as `data/*.parquet`.
 * @throws StarlingError E_NO_INPUT naming the file; E_USAGE if stdin is named twice
 */
export async function openInputs(paths: readonly string[], onPassedOver: OnPassedOver = () => {}): Promise<Input[]> {
  const named = paths.length === 0 ? ['-'] : paths;
  if (named.filter((path) => STDIN_PATHS.has(path)).length > 1) {
    throw new StarlingError('E_USAGE', 'stdin is named more than once and can be read only once; give - one time');
  }
  const inputs = await Promise.all(
    named.map((path) => (STDIN_PATHS.has(path) ? [checkedStdin()] : checkedPaths(path, onPassedOver))),
  );
  return inputs.flat();
}

async function checkedPaths(path: string, onPassedOver: OnPassedOver): Promise<Input[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) {
    const files = await filesInFolder(path, onPassedOver);
    return Promise.all(files.map(async (file) => ({ ...(await checkedPath(file)), folder: path })));
  }
  if (stats !== undefined || !isPattern(path)) return [await checkedPath(path)];
  return Promise.all((await filesMatching(path)).map(checkedPath));
}

function checkedStdin(): Input {
  if (fstatSync(0).isDirectory()) throw folder(STDIN.name);
  return STDIN;
}

async function checkedPath(path: string): Promise<Input> {
  const stats = await readable(path);
  return {
    name: path,
    kind: stats.isFIFO() ? 'fifo' : 'file',
    ...(stats.isFile() && { size: Number(stats.size), version: versionOf(stats) }),
  };
}

async function readable(path: string): Promise<BigIntStats> {
  try {
    const stats = await stat(path, { bigint: true });
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
