import { extname } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { descriptorName, descriptorOf } from './files/target.js';

export const FORMATS = ['jsonl', 'tsv', 'parquet', 'arrow'] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: ReadonlyMap<string, Format> = new Map([
  ['.tsv', 'tsv'],
  ['.parquet', 'parquet'],
  ['.arrow', 'arrow'],
  ['.feather', 'arrow'],
  ['.ipc', 'arrow'],
]);

/** Formats of data that other tools write, and that a name should not promise here. */
const NOT_WRITTEN: ReadonlySet<string> = new Set(
  'avro csv db duckdb h5 hdf hdf5 npy npz ods orc pickle pkl sqlite sqlite3 xls xlsb xlsm xlsx xml yaml yml'
    .split(' ')
    .map((name) => `.${name}`),
);

const COMPRESSIONS: ReadonlyMap<string, string> = new Map([
  ['.gz', 'gzip'],
  ['.zst', 'zstd'],
  ['.bz2', 'bzip2'],
  ['.xz', 'xz'],
]);

/**
 * The format that is asked for, else that of the file's extension, else JSONL.
 * @throws StarlingError E_USAGE for a name that promises compression, or, unless a format is asked for, one that is not written here,
 * and for Parquet to what is no file by its name
 */
export function formatOf(target: string | undefined, asked?: Format): Format {
  const extension = extensionOf(target);
  refuseCompression(target, extension);
  if (asked === undefined && NOT_WRITTEN.has(extension)) {
    const formats = 'rankings are jsonl, tsv, parquet or arrow';
    const problem = `${extension} is not written here: ${formats}; name the file so, or give score the --format`;
    throw new StarlingError('E_USAGE', problem, { file: target });
  }
  const format = asked ?? BY_EXTENSION.get(extension) ?? 'jsonl';
  const fd = descriptorOf(target);
  if (format === 'parquet' && fd !== undefined) throw needsFile(descriptorName(fd, target));
  return format;
}

/** The error of Parquet that would go to a pipe or a device: it is made of a file of all rankings, and is a file. */
export function needsFile(file: string): StarlingError {
  return new StarlingError('E_USAGE', 'Parquet cannot be written to a pipe or a device; give -o FILE', { file });
}

/** Refuses a name that promises another format for what is always JSON lines. @throws StarlingError E_USAGE */
export function requireLines(target: string): void {
  const extension = extensionOf(target);
  refuseCompression(target, extension);
  if (!NOT_WRITTEN.has(extension) && !BY_EXTENSION.has(extension)) return;
  throw new StarlingError('E_USAGE', 'this is always JSON lines; name it .jsonl', { file: target });
}

function extensionOf(target = ''): string {
  return extname(target).toLowerCase();
}

function refuseCompression(target: string | undefined, extension: string): void {
  const program = COMPRESSIONS.get(extension);
  if (program !== undefined) {
    const problem = `nothing is compressed here; write to standard output and pipe it through ${program}`;
    throw new StarlingError('E_USAGE', problem, { file: target });
  }
}
