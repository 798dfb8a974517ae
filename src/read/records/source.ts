import { StarlingError } from '../../contracts/errors.js';
import { readBytes } from '../bytes/bytes.js';
import { decompressed } from '../bytes/decompressed.js';
import { peek } from '../bytes/peek.js';
import { type Input, pathOf, type ReadOptions, type SourceOptions } from '../inputs/inputs.js';
import { arrowFileRows, arrowRows, isWholeArrowFile } from './arrow/arrow.js';
import { countedPieces } from './counted.js';
import { tableRows } from './csv/csv.js';
import { BYTE_ORDER_MARK, type InputFormat, inputFormatOf, startsWith, tellsFormat } from './format.js';
import { jsonArray } from './json/json-array.js';
import { jsonLines } from './json/jsonl.js';
import { plainText } from './json/plain-text.js';
import { notAFile, parquetRows } from './parquet/parquet.js';
import type { Source } from './raw-record.js';

/**
 * Opens an input of any format. The caller must start reading the batches at once, but may leave them early.
 * @throws StarlingError E_READ; E_USAGE for `where` on anything but Parquet
 */
export async function openSource(input: Input, options: SourceOptions): Promise<Source> {
  const format = options.format ?? (await formatByHead(input));
  if (format === 'parquet') return parquetRows(input, options);
  if (options.where !== undefined) {
    const message = '--where needs Parquet; filter other formats before, for example with jq';
    throw new StarlingError('E_USAGE', message, { file: input.name });
  }
  const mayBeWhole = format === 'arrow' && input.kind === 'file';
  if (mayBeWhole && (await isWholeArrowFile(pathOf(input), input.size ?? 0))) return arrowFileRows(input, options);
  return streamed(input, options);
}

/** Recognizes formats that are read by the file's path. Pipes and compressed files can only be read from the beginning. */
async function formatByHead(input: Input): Promise<InputFormat | undefined> {
  if (input.kind !== 'file') return undefined;
  const pieces = readBytes(input);
  const { head } = await peek(pieces, tellsFormat);
  await pieces.return(undefined);
  return inputFormatOf(head, input.name);
}

async function streamed(input: Input, options: ReadOptions): Promise<Source> {
  const { name } = input;
  const pieces = unpacked(input, options);
  const { head, whole } = await peek(pieces, tellsFormat);
  const format = options.format ?? inputFormatOf(head, name);
  if (format === 'parquet') {
    await pieces.return(undefined);
    throw notAFile(name);
  }
  if (format === 'arrow') return arrowRows(whole, name, options);
  const text = plainText(whole, name);
  const firstByte = startsWith(head, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
  if (format === 'csv' || format === 'tsv') return tableRows(text, firstByte, name, format, options);
  return format === 'json' ? jsonArray(text, firstByte, name, options) : jsonLines(text, firstByte, options);
}

/** The unpacked bytes of an input. Leaving them closes the input, even while the next piece is awaited. */
function unpacked(input: Input, { signal, onBytes, onGrown, maxUnpackedBytes }: ReadOptions): AsyncGenerator<Buffer> {
  const leaving = new AbortController();
  const either = AbortSignal.any([leaving.signal, ...(signal ? [signal] : [])]);
  return decompressed(
    countedPieces(readBytes(input, either, onGrown), input.size, onBytes),
    input.name,
    () => leaving.abort(),
    {
      maxUnpackedBytes,
      signal,
    },
  );
}
