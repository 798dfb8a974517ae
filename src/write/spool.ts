import { open, rm } from 'node:fs/promises';
import type { Ranking } from '../types.js';
import { columnarRow } from './columnar-row.js';
import type { Column } from './columns.js';
import { columnsOf, KeptColumns } from './kept-columns.js';
import { NewFile, partialOf, refuseLeftOver } from './new-file.js';
import type { RankingWriter } from './ranking-writer.js';
import type { FileTarget } from './target.js';
import { writeError } from './write-all.js';

/** All rankings of a run, as JSON lines in a file. */
export interface Spool {
  path: string;
  columns: readonly Column[];
  rows: number;
  /** Of all lines, and of the longest. */
  bytes: number;
  longest: number;
}

/** Writes what is spooled as a file of another format. */
export type Conversion = (spool: Spool, to: string) => Promise<void>;

/**
 * Rankings in a format that needs to know all of them. FILE.partial has them as JSON lines, of which nothing is lost in a crash; at the
 * end these become FILE, through FILE.partial.EXTENSION. Memory does not grow with the rows.
 */
export class SpooledRankings implements RankingWriter {
  readonly #spool: NewFile;
  readonly #converted: string;
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
    const converted = `${partialOf(target.path)}.${extension}`;
    await refuseLeftOver(converted, force);
    return new SpooledRankings(await NewFile.create(target, force), converted, convert);
  }

  private constructor(spool: NewFile, converted: string, convert: Conversion) {
    this.#spool = spool;
    this.#converted = converted;
    this.#convert = convert;
  }

  get file(): string {
    return this.#spool.path;
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
    await this.#spool.close();
    try {
      const columns = columnsOf(this.#kept.settled('all'));
      await this.#convert({ path: this.#spool.partial, columns, ...this.#counts }, this.#converted);
      await synced(this.#converted);
      await this.#spool.publish(this.#converted);
    } catch (cause) {
      await rm(this.#converted, { force: true }).catch(() => {});
      throw writeError(cause, this.file);
    }
  }

  abandon(): Promise<string | undefined> {
    return this.#spool.abandon();
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
