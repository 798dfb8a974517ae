import { shellWord } from '../../contracts/errors.js';
import type { Ranking } from '../../contracts/ranking.js';
import { jsonValue } from '../../json/json-text.js';
import type { Leftovers } from '../files/new-file.js';
import type { FileTarget } from '../files/target.js';
import type { LeftRankings, RankingWriter } from '../ranking-writer.js';
import { JSONL } from '../rankings.js';
import { columnarRow } from './columnar-row.js';
import { columnsOf, KeptColumns } from './kept-columns.js';
import { type SpooledFormat, SpooledLines } from './spooled-lines.js';

/** A format that rankings are converted to, and the ending of its files. */
type RankingTable = Pick<SpooledFormat, 'convert' | 'metadata' | 'batchBytes'> & { extension: string };

/** Writes rankings in a format whose columns are known only when all rankings are. */
export class SpooledRankings implements RankingWriter {
  readonly #lines: SpooledLines;
  readonly #kept: KeptColumns;

  /** @throws StarlingError E_EXISTS, E_USAGE */
  static async open(
    target: FileTarget,
    leftovers: Leftovers,
    { extension, ...format }: RankingTable,
  ): Promise<SpooledRankings> {
    const kept = new KeptColumns();
    const lines = await SpooledLines.open(target, leftovers, {
      ...format,
      columns: () => columnsOf(kept.settled('all')),
      remedy(partial) {
        const command = `starling-rm evaluate --scored ${shellWord(partial)} --save OTHER.${extension}`;
        return `the rankings are kept: to convert them, run ${command}`;
      },
    });
    return new SpooledRankings(lines, kept);
  }

  private constructor(lines: SpooledLines, kept: KeptColumns) {
    this.#lines = lines;
    this.#kept = kept;
  }

  get file(): string {
    return this.#lines.file;
  }

  get lost(): AbortSignal {
    return this.#lines.lost;
  }

  get left(): LeftRankings {
    return {
      path: this.#lines.partial,
      format: JSONL,
      text: (ranking) => columnarRow(ranking).line,
      adopt: (line) => {
        this.#kept.add(columnarRow(jsonValue(line.toString()) as Ranking));
        this.#lines.count(line.length);
      },
      cut: (bytes) => this.#lines.cut(bytes),
    };
  }

  async write(ranking: Ranking): Promise<void> {
    const row = columnarRow(ranking);
    this.#kept.add(row);
    await this.#lines.write(row.line);
  }

  prepare(): Promise<string> {
    return this.#lines.prepare();
  }

  finish(): Promise<void> {
    return this.#lines.finish();
  }

  abandon(): Promise<string | undefined> {
    return this.#lines.abandon();
  }
}
