import { type BigIntStats, constants, fstatSync } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';
import type { GroupOptions } from '../groups/group-options.js';
import type { InputFormat } from '../records/format.js';
import type { JsonLimits } from '../records/json/json-line.js';
import { type FileVersion, versionOf } from './file-version.js';
import { filesInFolder, type OnPassedOver } from './folder-files.js';
import { filesMatching, isPattern } from './shards.js';

export interface ReadOptions extends JsonLimits {
  /** Bytes that one compressed input may unpack to. */
  maxUnpackedBytes: number;
  /** Default: recognized by the first bytes of each input, else by its name. */
  format?: InputFormat;
  /** Fields that hold numbers, for formats whose values are all text. */
  numbers?: ReadonlySet<string>;
  /** For long tables: how rows of one answer each become rows of several. */
  group?: GroupOptions;
  /** SQL condition on the rows of Parquet files. `row` still counts all rows. */
  where?: string;
  signal?: AbortSignal;
  /** Called with the bytes of each piece of a file, before decompression, once the rows in it were taken. */
  onBytes?(count: number): void;
  /** Called with a message for users if a file grew while it was read. The appended rows are not read. */
  onGrown?(message: string): void;
  /** Called with the text under IDENTITY_KEY in the metadata of a Parquet or Arrow input, before its first record. */
  onIdentity?(input: string, text: string): void;
}

/** How one input is read. */
export interface SourceOptions extends ReadOptions {
  /** Whether the value of the record at this position in the input is not needed. */
  isDone?(position: number): boolean;
}

/** Default limits: 32 MiB for a line, 64 GiB for one unpacked input. */
export const LIMITS = { maxLineBytes: 2 ** 25, maxNesting: 100, maxUnpackedBytes: 2 ** 36, maxAnswers: 1000 };

/** An input that existed when it was checked. It is opened when its turn comes. */
export interface Input {
  /** The path or address as given; `<stdin>` for stdin. */
  name: string;
  /** Where the file lies, if it is named by an address. */
  path?: string;
  /** In hex; known of a file that was loaded from an address. */
  sha256?: string;
  kind: 'file' | 'fifo' | 'stdin';
  /** Bytes of a regular file; absent for pipes and devices. */
  size?: number;
  /** The version of a regular file when it was checked. A file of another version ends the run. */
  version?: FileVersion;
  /** The folder argument that the file was found in; absent if the file itself was an argument. */
  folder?: string;
}

/** A file that was loaded from an address. */
export interface FetchedFile {
  /** The address, at one version. */
  name: string;
  path: string;
  /** In hex. */
  sha256: string;
}

/** The path at which an input is opened. */
export function pathOf({ name, path }: Pick<Input, 'name' | 'path'>): string {
  return path ?? name;
}

/** Names of stdin. They are all read like `-`, as a stdin that is a socket cannot be opened by its path. */
const STDIN_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

const STDIN: Input = { name: '<stdin>', kind: 'stdin' };

/**
 * Checks that each file exists and is readable, before anything is read. `-` or no path means stdin, a folder means the data files in it,
 * and a path that does not exist may be a pattern such as `data/*.parquet`.
 * @throws StarlingError E_NO_INPUT naming the file; E_USAGE if stdin is named twice
 */
export async function openInputs(
  places: readonly (string | FetchedFile)[],
  onPassedOver: OnPassedOver = () => {},
): Promise<Input[]> {
  const named = places.length === 0 ? ['-'] : places;
  const isStdin = (place: string | FetchedFile): place is string => typeof place === 'string' && STDIN_PATHS.has(place);
  if (named.filter(isStdin).length > 1) {
    throw new StarlingError('E_USAGE', 'stdin is named more than once but can be read only once; give - one time');
  }
  const inputs = await Promise.all(
    named.map((place) => {
      if (typeof place !== 'string') return checkedFetched(place);
      return isStdin(place) ? [checkedStdin()] : checkedPaths(place, onPassedOver);
    }),
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

async function checkedFetched({ path, ...known }: FetchedFile): Promise<Input[]> {
  return [{ ...(await checkedPath(path)), path, ...known }];
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
