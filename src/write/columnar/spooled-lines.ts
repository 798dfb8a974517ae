import { open } from 'node:fs/promises';
import { StarlingError } from '../../contracts/errors.js';
import type { ArrowMetadata } from '../../tables/arrow-reader.js';
import { Batch } from '../files/batch.js';
import { type Leftovers, NewFile } from '../files/new-file.js';
import type { FileTarget } from '../files/target.js';
import { writeError } from '../files/write-all.js';
import type { TableColumn } from './columns.js';
import { ConversionFolder, removeConversionFolders } from './conversion-folder.js';

/** A file with all rows of a run as JSON lines. */
export interface Spool {
  path: string;
  columns: readonly TableColumn[];
  metadata: ArrowMetadata;
  rows: number;
  /** Bytes of all lines, and of the longest line. */
  bytes: number;
  longest: number;
}

/** Writes a spool as a file of another format. */
export type Conversion = (spool: Spool, to: string) => Promise<void>;

/** The format that a spool is converted to. */
export interface SpooledFormat {
  convert: Conversion;
  /** Called once all lines are written. */
  columns(): readonly TableColumn[];
  metadata(): Promise<ArrowMetadata>;
  /** What to do after a failed conversion, for messages. @param partial path of the spool, which is kept */
  remedy(partial: string): string;
  /** Bytes that are written to the spool at a time; by default each line is written at once. */
  batchBytes?: number;
}

/**
 * A file of a format that can only be written when all rows are known. They are first written to FILE.partial as JSON lines, which survive
 * a crash. At the end these are converted to FILE. Memory does not grow with the number of rows.
 */
export class SpooledLines {
  readonly #spool: NewFile;
  readonly #format: SpooledFormat;
  readonly #batch: Batch;
  readonly #counts = { rows: 0, bytes: 0, longest: 0 };
  #converted: ConversionFolder | undefined;

  /** @throws StarlingError E_EXISTS, E_USAGE */
  static async open(target: FileTarget, leftovers: Leftovers, format: SpooledFormat): Promise<SpooledLines> {
    const spool = await NewFile.create(target, leftovers);
    await removeConversionFolders(spool.partial);
    return new SpooledLines(spool, format);
  }

  private constructor(spool: NewFile, format: SpooledFormat) {
    this.#spool = spool;
    this.#format = format;
    this.#batch = new Batch((data) => spool.write(data), format.batchBytes ?? 0);
  }

  get file(): string {
    return this.#spool.path;
  }

  get partial(): string {
    return this.#spool.partial;
  }

  get lost(): AbortSignal {
    return this.#spool.lost;
  }

  /** Counts a row, which an earlier run wrote or `append` writes. @param bytes of its line, with its newline */
  count(bytes: number): void {
    this.#counts.rows++;
    this.#counts.bytes += bytes;
    this.#counts.longest = Math.max(this.#counts.longest, bytes);
  }

  cut(bytes: number): Promise<void> {
    return this.#spool.cut(bytes);
  }

  /** @param line one row with its newline */
  async write(line: string): Promise<void> {
    const bytes = Buffer.from(line);
    this.count(bytes.length);
    await this.#batch.add(bytes);
  }

  /** Writes the lines of rows that are counted. */
  async append(lines: string | Uint8Array): Promise<void> {
    await this.#batch.add(lines);
  }

  async prepare(): Promise<string> {
    if (this.#converted !== undefined) return this.#converted.file;
    await this.#batch.flush();
    await this.#spool.sync();
    await this.#spool.check();
    try {
      const folder = await ConversionFolder.make(this.#spool.partial);
      this.#converted = folder;
      const columns = this.#format.columns();
      const metadata = await this.#format.metadata();
      await this.#format.convert({ path: this.#spool.partial, columns, metadata, ...this.#counts }, folder.file);
      await synced(folder.file);
      return folder.file;
    } catch (cause) {
      throw await this.#notConverted(cause);
    }
  }

  async finish(): Promise<void> {
    const converted = await this.prepare();
    try {
      await this.#spool.publish(converted);
    } catch (cause) {
      throw await this.#notConverted(cause);
    }
    await this.#converted?.remove();
  }

  async abandon(): Promise<string | undefined> {
    await this.#converted?.remove();
    return this.#spool.abandon();
  }

  /** The message says how to convert FILE.partial, so that no work is lost. @throws StarlingError if that is lost too */
  async #notConverted(cause: unknown): Promise<StarlingError> {
    if (cause instanceof StarlingError && cause.code !== 'E_WRITE') return cause;
    await this.#spool.check();
    const { message } = writeError(cause, this.file);
    const problem = `${message}; ${this.#format.remedy(this.#spool.partial)}`;
    return new StarlingError('E_WRITE', problem, { file: this.file }, cause);
  }
}

/** Flushes the file to disk, before the spool is removed. */
async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
