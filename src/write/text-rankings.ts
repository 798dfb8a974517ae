import type { ErrorLine } from '../contracts/error-line.js';
import type { Ranking } from '../contracts/ranking.js';
import { Batch } from './files/batch.js';
import { partialOf } from './files/new-file.js';
import type { Output } from './files/output.js';
import type { LeftRankings, RankingWriter } from './ranking-writer.js';
import { rankingLine } from './rankings.js';
import type { TextFormat } from './text-format.js';

/** Writes rankings as lines of text. The header comes before the first ranking, and is written even if there are no rankings. */
export class TextRankings implements RankingWriter {
  readonly #output: Output;
  readonly #format: TextFormat;
  readonly #batch: Batch;
  readonly writeError?: (line: ErrorLine) => Promise<void>;
  #isHeaderDue: boolean;

  /** @param batchBytes that are written at a time; 0 writes each ranking at once */
  constructor(output: Output, format: TextFormat, batchBytes: number) {
    this.#output = output;
    this.#batch = new Batch((data) => output.write(data), batchBytes);
    this.#format = format;
    this.#isHeaderDue = format.header !== '';
    if (format.holdsErrors) this.writeError = (line) => this.#write(rankingLine(line));
  }

  get file(): string | undefined {
    return this.#output.file;
  }

  get lost(): AbortSignal | undefined {
    return this.#output.lost;
  }

  get left(): LeftRankings | undefined {
    const { file, cut } = this.#output;
    if (file === undefined || cut === undefined) return undefined;
    return {
      path: partialOf(file),
      format: this.#format,
      text: this.#format.text,
      adopt: () => {
        this.#isHeaderDue = false;
      },
      cut,
    };
  }

  async write(ranking: Ranking): Promise<void> {
    await this.#write(this.#format.text(ranking));
  }

  async prepare(): Promise<string | undefined> {
    if (this.#isHeaderDue) await this.#write('');
    await this.#batch.flush();
    return this.#output.prepare();
  }

  async finish(): Promise<void> {
    await this.prepare();
    await this.#output.finish();
  }

  abandon(): Promise<string | undefined> {
    return this.#output.abandon();
  }

  async #write(lines: string): Promise<void> {
    const data = this.#isHeaderDue ? this.#format.header + lines : lines;
    this.#isHeaderDue = false;
    await this.#batch.add(data);
  }
}
