import { type FileHandle, open } from 'node:fs/promises';
import { type Place, StarlingError } from '../../contracts/errors.js';

const NEWLINE = 0x0a;

/** How lines of `score` begin, and how many bytes of them hold this. */
const INDEX = /^\{"index":(\d+)[,}]/;
const HEAD_BYTES = 40;

/** A line of a row, with its newline. */
export interface RowLine {
  /** Of the row in the whole input. */
  index: number;
  bytes: Buffer;
  file: string;
  /** From 1. */
  line: number;
}

/**
 * The lines of a file, one at a time. The file is not open while lines of others are read, so any number of files can be merged.
 */
export class SortedLines {
  readonly file: string;
  readonly #pieceBytes: number;
  readonly #isSorted: boolean;
  /** What was read of the file and not taken yet. */
  #held: Buffer = Buffer.alloc(0);
  #position = 0;
  #line = 0;
  #next: RowLine | undefined;

  /**
   * @param pieceBytes bytes that are read at a time
   * @param isSorted whether a line with a lower index than the one before is an error
   */
  constructor(file: string, pieceBytes: number, isSorted: boolean) {
    this.file = file;
    this.#pieceBytes = pieceBytes;
    this.#isSorted = isSorted;
  }

  /** The line that `advance` has found. */
  get next(): RowLine {
    if (this.#next === undefined) throw new StarlingError('E_INTERNAL', 'no line was read', { file: this.file });
    return this.#next;
  }

  /** Goes on to the next line. @returns whether there is one @throws StarlingError E_SHARD, E_READ */
  async advance(): Promise<boolean> {
    let end = this.#held.indexOf(NEWLINE);
    while (end === -1 && (await this.#read())) end = this.#held.indexOf(NEWLINE);
    this.#line++;
    if (end === -1) {
      if (this.#held.length > 0) throw this.#problem('this line has no end; the file was cut, or is no JSON lines');
      return false;
    }
    const bytes = this.#held.subarray(0, end + 1);
    this.#held = this.#held.subarray(end + 1);
    const index = this.#indexOf(bytes);
    const before = this.#next?.index ?? -1;
    if (this.#isSorted && index <= before) {
      throw this.#problem(`row ${index} comes after row ${before}; sort the lines by their index`);
    }
    this.#next = { index, bytes, file: this.file, line: this.#line };
    return true;
  }

  /** Reads the next piece. @returns whether there was one */
  async #read(): Promise<boolean> {
    const piece = Buffer.allocUnsafeSlow(Math.max(this.#pieceBytes, this.#held.length));
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.file);
      const { bytesRead } = await handle.read(piece, 0, piece.length, this.#position);
      this.#position += bytesRead;
      this.#held = Buffer.concat([this.#held, piece.subarray(0, bytesRead)]);
      return bytesRead > 0;
    } catch (cause) {
      throw new StarlingError('E_READ', `cannot be read: ${(cause as Error).message}`, { file: this.file }, cause);
    } finally {
      await handle?.close();
    }
  }

  #indexOf(line: Buffer): number {
    const [, digits] = INDEX.exec(line.subarray(0, HEAD_BYTES).toString('latin1')) ?? [];
    const index: unknown = digits === undefined ? indexIn(line) : Number(digits);
    if (typeof index === 'number' && Number.isSafeInteger(index) && index >= 0) return index;
    throw this.#problem('this is no ranking as a line of JSON, which score writes; give it files of such lines');
  }

  #problem(problem: string): StarlingError {
    const place: Place = { file: this.file, line: this.#line };
    return new StarlingError('E_SHARD', problem, place);
  }
}

/** The index in a line that another program has written, with other blanks or another order of keys. */
function indexIn(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString()).index;
  } catch {
    return undefined;
  }
}
