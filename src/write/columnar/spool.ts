import { open } from 'node:fs/promises';
import { StarlingError, shellWord } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { jsonValue } from '../../json/json-text.js';
import type { ArrowMetadata } from '../../tables/arrow-reader.js';
import { Batch } from '../files/batch.js';
import { type Leftovers, NewFile } from '../files/new-file.js';
import type { FileTarget } from '../files/target.js';
import { writeError } from '../files/write-all.js';
import type { LeftRankings, RankingWriter } from '../ranking-writer.js';
import { JSONL } from '../rankings.js';
import { type ColumnarRow, columnarRow } from './columnar-row.js';
import type { RankingColumn } from './columns.js';
import { ConversionFolder, removeConversionFolders } from './conversion-folder.js';
import { columnsOf, KeptColumns } from './kept-columns.js';

/** A file with all rankings of a run as JSON lines. */
export interface Spool {
  path: string;
  columns: readonly RankingColumn[];
  metadata: ArrowMetadata;
  rows: number;
  /** Bytes of all lines, and of the longest line. */
  bytes: number;
  longest: number;
}

/** Writes a spool as a file of another format. */
export type Conversion = (spool: Spool, to: string) => Promise<void>;

/** The format that a spool is converted to. */
interface SpooledFormat {
  extension: string;
  convert: Conversion;
  /** Called once all rankings are written. */
  metadata(): Promise<ArrowMetadata>;
  /** Bytes that are written to the spool at a time; 0 writes each ranking at once. */
  batchBytes: number;
}

/**
 * Writes rankings in a format that can only be written when all of them are known. They are first written to FILE.partial as JSON lines,
 * which survive a crash. At the end these are converted to FILE. Memory does not grow with the number of rows.
 */
export class SpooledRankings implements RankingWriter {
  readonly #spool: NewFile;
  readonly #format: SpooledFormat;
  readonly #batch: Batch;
  readonly #kept = new KeptColumns();
  readonly #counts = { rows: 0, bytes: 0, longest: 0 };
  #converted: ConversionFolder | undefined;

  /** @throws StarlingError E_EXISTS, E_USAGE */
  static async open(target: FileTarget, leftovers: Leftovers, format: SpooledFormat): Promise<SpooledRankings> {
    const spool = await NewFile.create(target, leftovers);
    await removeConversionFolders(spool.partial);
    return new SpooledRankings(spool, format);
  }

  private constructor(spool: NewFile, format: SpooledFormat) {
    this.#spool = spool;
    this.#format = format;
    this.#batch = new Batch((data) => spool.write(data), format.batchBytes);
  }

  get file(): string {
    return this.#spool.path;
  }

  get lost(): AbortSignal {
    return this.#spool.lost;
  }

  get left(): LeftRankings {
    return {
      path: this.#spool.partial,
      format: JSONL,
      text: (ranking) => columnarRow(ranking).line,
      adopt: (line) => this.#add(columnarRow(jsonValue(line.toString()) as Ranking), line.length),
      cut: (bytes) => this.#spool.cut(bytes),
    };
  }

  async write(ranking: Ranking): Promise<void> {
    const row = columnarRow(ranking);
    const line = Buffer.from(row.line);
    this.#add(row, line.length);
    await this.#batch.add(line);
  }

  async prepare(): Promise<string> {
    if (this.#converted !== undefined) return this.#converted.file;
    await this.#batch.flush();
    await this.#spool.sync();
    await this.#spool.check();
    try {
      const folder = await ConversionFolder.make(this.#spool.partial);
      this.#converted = folder;
      const columns = columnsOf(this.#kept.settled('all'));
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

  #add(row: ColumnarRow, bytes: number): void {
    this.#kept.add(row);
    this.#counts.rows++;
    this.#counts.bytes += bytes;
    this.#counts.longest = Math.max(this.#counts.longest, bytes);
  }

  /** The message names the command that converts FILE.partial, so that no row is scored again. @throws StarlingError if that is lost too */
  async #notConverted(cause: unknown): Promise<StarlingError> {
    if (cause instanceof StarlingError && cause.code !== 'E_WRITE') return cause;
    await this.#spool.check();
    const { message } = writeError(cause, this.file);
    const command = `starling-rm evaluate --scored ${shellWord(this.#spool.partial)} --save OTHER.${this.#format.extension}`;
    return new StarlingError(
      'E_WRITE',
      `${message}; the rankings are kept: to convert them, run ${command}`,
      {
        file: this.file,
      },
      cause,
    );
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
