import { open } from 'node:fs/promises';
import { StarlingError, shellWord } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { NewFile } from '../files/new-file.js';
import type { FileTarget } from '../files/target.js';
import { writeError } from '../files/write-all.js';
import type { RankingWriter } from '../ranking-writer.js';
import { columnarRow } from './columnar-row.js';
import type { RankingColumn } from './columns.js';
import { inConversionFolder, removeConversionFolders } from './conversion-folder.js';
import { columnsOf, KeptColumns } from './kept-columns.js';

/** A file with all rankings of a run as JSON lines. */
export interface Spool {
  path: string;
  columns: readonly RankingColumn[];
  rows: number;
  /** Bytes of all lines, and of the longest line. */
  bytes: number;
  longest: number;
}

/** Writes a spool as a file of another format. */
export type Conversion = (spool: Spool, to: string) => Promise<void>;

/**
 * Writes rankings in a format that can only be written when all of them are known. They are first written to FILE.partial as JSON lines,
 * which survive a crash. At the end these are converted to FILE. Memory does not grow with the number of rows.
 */
export class SpooledRankings implements RankingWriter {
  readonly #spool: NewFile;
  readonly #extension: string;
  readonly #convert: Conversion;
  readonly #kept = new KeptColumns();
  readonly #counts = { rows: 0, bytes: 0, longest: 0 };

  /** @throws StarlingError E_EXISTS, E_USAGE */
  static async open(
    target: FileTarget,
    force: boolean,
    extension: string,
    convert: Conversion,
  ): Promise<SpooledRankings> {
    const spool = await NewFile.create(target, force);
    await removeConversionFolders(spool.partial);
    return new SpooledRankings(spool, extension, convert);
  }

  private constructor(spool: NewFile, extension: string, convert: Conversion) {
    this.#spool = spool;
    this.#extension = extension;
    this.#convert = convert;
  }

  get file(): string {
    return this.#spool.path;
  }

  get lost(): AbortSignal {
    return this.#spool.lost;
  }

  async write(ranking: Ranking): Promise<void> {
    const row = columnarRow(ranking);
    this.#kept.add(row);
    const line = Buffer.from(row.line);
    await this.#spool.write(line);
    this.#counts.rows++;
    this.#counts.bytes += line.length;
    this.#counts.longest = Math.max(this.#counts.longest, line.length);
  }

  async finish(): Promise<void> {
    await this.#spool.sync();
    await this.#spool.check();
    try {
      await inConversionFolder(this.#spool.partial, async (converted) => {
        const columns = columnsOf(this.#kept.settled('all'));
        await this.#convert({ path: this.#spool.partial, columns, ...this.#counts }, converted);
        await synced(converted);
        await this.#spool.publish(converted);
      });
    } catch (cause) {
      if (cause instanceof StarlingError && cause.code !== 'E_WRITE') throw cause;
      await this.#spool.check();
      throw this.#notConverted(cause);
    }
  }

  abandon(): Promise<string | undefined> {
    return this.#spool.abandon();
  }

  /** The message names the command that converts FILE.partial, so that no row is scored again. */
  #notConverted(cause: unknown): StarlingError {
    const { message } = writeError(cause, this.file);
    const command = `starling-rm evaluate --scored ${shellWord(this.#spool.partial)} --save OTHER.${this.#extension}`;
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
