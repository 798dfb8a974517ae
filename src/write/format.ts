import { extname } from 'node:path';
import { StarlingError } from '../errors.js';

export const FORMATS = ['jsonl', 'tsv', 'parquet', 'arrow'] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: ReadonlyMap<string, Format> = new Map([
  ['.tsv', 'tsv'],
  ['.parquet', 'parquet'],
  ['.arrow', 'arrow'],
  ['.feather', 'arrow'],
  ['.ipc', 'arrow'],
]);

const COMPRESSIONS: ReadonlyMap<string, string> = new Map([
  ['.gz', 'gzip'],
  ['.zst', 'zstd'],
  ['.bz2', 'bzip2'],
  ['.xz', 'xz'],
]);

/**
 * The format that is asked for, else that of the file's extension, else JSONL.
 * @throws StarlingError E_USAGE for a name that promises compression, which nothing here does
 */
export function formatOf(target: string | undefined, asked?: Format): Format {
  const extension = extname(target ?? '').toLowerCase();
  const program = COMPRESSIONS.get(extension);
  if (program !== undefined) {
    const problem = `nothing is compressed here; write to standard output and pipe it through ${program}`;
    throw new StarlingError('E_USAGE', problem, { file: target });
  }
  return asked ?? BY_EXTENSION.get(extension) ?? 'jsonl';
}
