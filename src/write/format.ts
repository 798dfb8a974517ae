import { extname } from 'node:path';
import { StarlingError } from '../contracts/errors.js';
import { COMPRESSIONS, FILE_ENDINGS, OTHER_FORMATS } from '../contracts/file-endings.js';
import { descriptorName, descriptorOf } from './files/target.js';

export const FORMATS = ['jsonl', 'csv', 'tsv', 'parquet', 'arrow'] as const;
export type Format = (typeof FORMATS)[number];

const BY_EXTENSION: ReadonlyMap<string, Format> = new Map(
  FILE_ENDINGS.flatMap(({ ending, written }) => (written === undefined ? [] : [[`.${ending}`, written]])),
);
const NOT_WRITTEN: ReadonlySet<string> = new Set(OTHER_FORMATS.map((name) => `.${name}`));
const PROGRAMS: ReadonlyMap<string, string> = new Map(
  COMPRESSIONS.map(({ ending, program }) => [`.${ending}`, program]),
);

/**
 * The requested format, otherwise the one of the file's extension, otherwise JSONL.
 * @throws StarlingError E_USAGE for a name that promises compression; for a name that promises a format that cannot be written, unless a
 * format is requested; and for Parquet if the target's name cannot be a file
 */
export function formatOf(target: string | undefined, asked?: Format): Format {
  const extension = extensionOf(target);
  refuseCompression(target, extension);
  if (asked === undefined && NOT_WRITTEN.has(extension)) {
    const formats = 'rankings are jsonl, csv, tsv, parquet or arrow';
    const problem = `${extension} is not written here: ${formats}; name the file so, or give score the --format`;
    throw new StarlingError('E_USAGE', problem, { file: target });
  }
  const format = asked ?? BY_EXTENSION.get(extension) ?? 'jsonl';
  const fd = descriptorOf(target);
  if (format === 'parquet' && fd !== undefined) throw needsFile(descriptorName(fd, target));
  return format;
}

/** The error for Parquet to a pipe or a device. Parquet needs a file: it is made from a file of all rankings. */
export function needsFile(file: string): StarlingError {
  return new StarlingError('E_USAGE', 'Parquet cannot be written to a pipe or a device; give -o FILE', { file });
}

/** Refuses a name that promises another format, for output that is always JSON Lines. @throws StarlingError E_USAGE */
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
  const program = PROGRAMS.get(extension);
  if (program !== undefined) {
    const problem = `nothing is compressed here; write to standard output and pipe it through ${program}`;
    throw new StarlingError('E_USAGE', problem, { file: target });
  }
}
