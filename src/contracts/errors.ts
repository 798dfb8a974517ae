import { type ErrorCode, EXIT_CODES, type ExitCode, STOP_SIGNALS, STOPPED_BY } from './exit-codes.js';

/** Where something went wrong. Lines count from 1 as editors do, rows from 0 as `index` in the output does. */
export interface Place {
  file?: string;
  line?: number;
  /** Position from 0 in a file that has no lines, as Parquet: with several files `row` runs on and this does not. */
  record?: number;
  row?: number;
  /** Where the line begins, in bytes from 0 of the file's text, unpacked if it is compressed. */
  byte?: number;
  field?: string;
}

/** What stood where a row was refused: what it holds, or else its text; bytes that are no text in base64; nothing if it was not kept. */
export type Refused = { record: unknown } | { text: string } | { base64: string };

/**
 * Every error a person is meant to read. The message says what happened, what was expected and what to do;
 * `place` says where. `String(error)` is the one line that the CLI prints.
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

/** An error that belongs to one row: the rows around it are still good. */
export class RowError extends StarlingError {
  override readonly name = 'RowError';
  /** For `--rejects`; set by whoever knows it. */
  refused?: Refused;
}

/** What something that was thrown says. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The run came to an early end because `interrupted` was aborted; its reason is the signal's name, or the error itself. */
export function stoppedBy(interrupted: AbortSignal, message: string): StarlingError {
  if (interrupted.reason instanceof StarlingError) return interrupted.reason;
  const signal = STOP_SIGNALS.find((one) => one === interrupted.reason) ?? 'SIGINT';
  return new StarlingError(STOPPED_BY[signal], message);
}

/** What ends a line, commands a terminal, or turns round the order in which what follows is read. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/**
 * Text for people, on one line, with such characters spelt out: `\u001b`. Whatever goes to a terminal passes through here or through
 * `harmless`: names of files, fields and models are other people's. Data is written as it is.
 */
export function oneLine(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same for a text of several lines. */
export function harmless(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/** A path in a command that a message gives, as a shell reads it. */
export function shellWord(path: string): string {
  const name = path.startsWith('-') ? `./${path}` : path;
  return /^[\w./+@%,:=-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`;
}

/** `file.jsonl, line 3 (row 2), byte 180, field answers[1].answer` */
function placeText({ file, line, record, row, byte, field }: Place): string {
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
