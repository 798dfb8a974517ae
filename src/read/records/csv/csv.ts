import { type Refused, RowError, StarlingError } from '../../../contracts/errors.js';
import type { JsonObject } from '../../../json/json-object.js';
import type { ReadOptions } from '../../inputs/inputs.js';
import { RepeatedName, refuseRepeated } from '../field-names.js';
import { notUtf8, tooLong } from '../json/json-line.js';
import type { Line } from '../json/lines.js';
import type { RawRecord, Source } from '../raw-record.js';
import type { RowPlace } from '../row-place.js';
import { invalidUtf8At } from '../utf8.js';
import { cellValue } from './cell-values.js';
import { MisplacedQuote, splitCells } from './cells.js';
import { RecordSplitter } from './record-splitter.js';

/** Separators by format, the usual one first. Spreadsheets write semicolons where the comma is the decimal sign. */
const SEPARATORS = { csv: [',', ';', '\t'], tsv: ['\t'] } as const;

const RETURN = 0x0d;

type TableOptions = Pick<ReadOptions, 'maxLineBytes' | 'numbers'>;

interface Header {
  names: readonly string[];
  separator: string;
}

/**
 * The records of a text table with a header line: CSV as of RFC 4180, or the same with tabs. Line ends are LF or CR LF; empty lines are no
 * records. A record of another length than the header is an error of that row.
 * @throws StarlingError E_READ while the batches are read, for an invalid header, and for a quote that is never closed
 */
export function tableRows(
  pieces: AsyncIterable<Buffer>,
  firstByte: number,
  file: string,
  format: 'csv' | 'tsv',
  options: TableOptions,
): Source {
  const separators = SEPARATORS[format];
  const splitter = new RecordSplitter(options.maxLineBytes, separators, firstByte);
  let header: Header | undefined;
  let count = 0;
  function* records(lines: Iterable<Line>): Generator<RawRecord> {
    for (const line of lines) {
      if (line.bytes !== undefined && withoutReturn(line.bytes).length === 0) continue;
      if (header !== undefined) yield rawRecord(line, count++, header, options);
      else {
        header = headerIn(line, separators, file);
        splitter.separators = [header.separator];
      }
    }
  }
  async function* batches(): AsyncGenerator<Iterable<RawRecord>> {
    for await (const piece of pieces) yield records(splitter.push(piece));
    const { openQuote } = splitter;
    if (openQuote !== undefined) throw neverClosed(file, openQuote);
    yield records(splitter.end());
  }
  return { batches: batches(), count: () => count };
}

function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
}

/** Of several separators, the first that divides the header is used. A column without a name gets its number. */
function headerIn({ number, bytes }: Line, separators: readonly string[], file: string): Header {
  const refuse = (message: string, field?: string) =>
    new StarlingError('E_READ', message, { file, line: number, ...(field !== undefined && { field }) });
  if (bytes === undefined) throw refuse('the header line is too long, expected the names of the columns');
  if (invalidUtf8At(bytes) !== undefined)
    throw refuse('the header is not UTF-8; convert the file, for example with iconv -f WINDOWS-1252 -t UTF-8');
  const text = withoutReturn(bytes).toString('utf8');
  if (text.replaceAll(/"[^"]*"/g, '').includes('\r'))
    throw refuse('lines end with a carriage return alone, expected LF or CR LF; convert the file, for example with tr');
  try {
    const separator = separators.find((one) => divides(text, one)) ?? separators[0];
    const names = splitCells(text, separator);
    const full = names.map((name, i) => name || `column_${i + 1}`);
    refuseRepeated(full, '');
    return { names: full, separator };
  } catch (cause) {
    if (cause instanceof RepeatedName) throw refuse(cause.message, cause.field);
    if (cause instanceof MisplacedQuote) throw refuse(`the header is not valid: ${cause.message}`);
    throw cause;
  }
}

function divides(header: string, separator: string): boolean {
  try {
    return splitCells(header, separator).length > 1;
  } catch {
    return false;
  }
}

function rawRecord(line: Line, position: number, header: Header, options: TableOptions): RawRecord {
  const { number, byte, bytes } = line;
  return {
    position,
    place: { line: number, byte },
    value: (place) => {
      if (bytes === undefined) throw tooLong(options.maxLineBytes, place);
      const invalidAt = invalidUtf8At(bytes);
      if (invalidAt !== undefined) throw notUtf8(invalidAt, place);
      return recordOf(withoutReturn(bytes).toString('utf8'), header, options, place);
    },
    refused: (): Refused | undefined => {
      if (bytes === undefined) return undefined;
      const isText = invalidUtf8At(bytes) === undefined;
      return isText ? { text: bytes.toString('utf8') } : { base64: bytes.toString('base64') };
    },
  };
}

const NO_NAMES: ReadonlySet<string> = new Set();

function recordOf(text: string, header: Header, { numbers = NO_NAMES }: TableOptions, place: RowPlace): JsonObject {
  const { names, separator } = header;
  const cells = cellsIn(text, header, place);
  if (cells.length === names.length)
    return Object.fromEntries(names.map((name, i) => [name, cellValue(name, cells[i], numbers)]));
  const remedy =
    cells.length > names.length
      ? `put a cell with a ${nameOfSeparator(separator)} inside into double quotes`
      : 'write an empty cell for each missing value';
  const message = `found ${cells.length} cells, expected ${names.length} as in the header; ${remedy}`;
  throw new RowError('E_TABLE', message, place);
}

function cellsIn(text: string, { names, separator }: Header, place: RowPlace): (string | null)[] {
  try {
    return splitCells(text, separator);
  } catch (cause) {
    if (!(cause instanceof MisplacedQuote)) throw cause;
    const message = `${cause.message}, expected a ${nameOfSeparator(separator)} or the end of the line; write a quote inside a quoted cell twice`;
    const field = names[cause.cell - 1];
    throw new RowError('E_TABLE', message, { ...place, ...(field !== undefined && { field }) }, cause);
  }
}

function nameOfSeparator(separator: string): string {
  if (separator === '\t') return 'tab';
  return separator === ';' ? 'semicolon' : 'comma';
}

function neverClosed(file: string, line: number): StarlingError {
  const message =
    'a double quote opens a cell in the row that begins here and is never closed; close it, or write a quote inside a quoted cell twice';
  return new StarlingError('E_READ', message, { file, line });
}
