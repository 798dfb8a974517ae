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

/** All rankings of a run, as JSON lines in a file. */
export interface Spool {
  path: string;
  columns: readonly RankingColumn[];
  rows: number;
  /** Of all lines, and of the longest. */
  bytes: number;
  longest: number;
}

/** Writes what is spooled as a file of another format. */
export type Conversion = (spool: Spool, to: string) => Promise<void>;

/**
 * Rankings in a format that needs to know all of them. FILE.partial has them as JSON lines, of which nothing is lost in a crash; at the
 * end these become FILE. Memory does not grow with the rows.
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

  /** Nothing has to be scored again. */
  #notConverted(cause: unknown): StarlingError {
    const { message } = writeError(cause, this.file);
    const command = `starling-rm evaluate --scored ${shellWord(this.#spool.partial)} --save OTHER.${this.#extension}`;
    return new StarlingError(
      'E_WRITE',
      `${message}; ${command} makes it of the rankings that are kept`,
      {
        file: this.file,
      },
      cause,
    );
  }
}

/** On the disk, before the spool is gone. */
async function synced(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
