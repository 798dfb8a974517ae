import { type ErrorCode, EXIT_CODES, type ExitCode, STOP_SIGNALS, STOPPED_BY } from './exit-codes.js';

/** Where something went wrong. Lines count from 1 as editors do, rows from 0 as `index` in the output does. */
export interface Place {
  file?: string;
  line?: number;
  /** Position from 0 in a file without lines, such as Parquet. Each file counts anew, while `row` counts over all files. */
  record?: number;
  row?: number;
  /** Byte offset of the line in the file's text, after decompression. */
  byte?: number;
  field?: string;
}

/** The input of a refused row: its parsed record, else its text, else (for bytes that are no UTF-8) base64. */
export type Refused = { record: unknown } | { text: string } | { base64: string };

/**
 * An error for the user to read. The message says what happened, what was expected and what to do; `place` says where.
 * `String(error)` is the line that the CLI prints.
 */
export class StarlingError extends Error {
  readonly code: ErrorCode;
  readonly place: Place;

  constructor(code: ErrorCode, message: string, place: Place = {}, cause?: unknown) {
    super(message, { cause });
    this.name = 'StarlingError';
    this.code = code;
    this.place = place;
  }

  get exitCode(): ExitCode {
    return EXIT_CODES[this.code];
  }

  override toString(): string {
    const where = placeText(this.place);
    return oneLine(where ? `${this.code}: ${where}: ${this.message}` : `${this.code}: ${this.message}`);
  }
}

/** An error of one row. Other rows are not affected. */
export class RowError extends StarlingError {
  override readonly name = 'RowError';
  /** What `--rejects` saves. The reader that still has the row's input sets it; absent if the input was not kept. */
  refused?: Refused;
  /** The `id` of the row, where it has one and its record could be parsed. */
  id?: string | number;
}

/** The message of a thrown value, whether it is an Error or not. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/**
 * The error of a run that ended early because `interrupted` was aborted.
 * @param interrupted its reason is the name of a signal, or a StarlingError, which is returned unchanged
 */
export function stoppedBy(interrupted: AbortSignal, message: string): StarlingError {
  if (interrupted.reason instanceof StarlingError) return interrupted.reason;
  const signal = STOP_SIGNALS.find((one) => one === interrupted.reason) ?? 'SIGINT';
  return new StarlingError(STOPPED_BY[signal], message);
}

/** Line ends, control characters of terminals, and characters that reverse the reading direction. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Text for people on one line, with such characters escaped: `\u001b`. All text for a terminal passes through here or through
 * `harmless`, as names of files, fields and models are untrusted. Data is written unchanged.
 */
export function oneLine(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a text of several lines. */
export function harmless(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/** A path quoted for the shell, for commands in messages. */
export function shellWord(path: string): string {
  const name = path.startsWith('-') ? `./${path}` : path;
  return /^[\w./+@%,:=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** `file.jsonl, line 3 (row 2), byte 180, field answers[1].answer` */
export function placeText({ file, line, record, row, byte, field }: Place): string {
  const parts: string[] = [];
  if (file !== undefined) parts.push(file || "''");
  const within = line === undefined ? named('record', record) : named('line', line);
  if (within === undefined) parts.push(...some(named('row', row)));
  else parts.push(row === undefined ? within : `${within} (row ${row})`);
  parts.push(...some(named('byte', byte), named('field', field)));
  return parts.join(', ');
}

function named(what: string, value: number | string | undefined): string | undefined {
  return value === undefined ? undefined : `${what} ${value}`;
}

function some(...texts: (string | undefined)[]): string[] {
  return texts.filter((text) => text !== undefined);
}
