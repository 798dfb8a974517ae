import { StarlingError } from '../../contracts/errors.js';
import { isRankingField, type Ranking } from '../../contracts/ranking.js';
import { isObject, type JsonObject } from '../../json/json-object.js';
import { jsonValue } from '../../json/json-text.js';
import { isErrorRecord } from '../../read/error-lines.js';
import { Batch } from '../../write/files/batch.js';
import { type Output, type OutputOptions, openOutput, type Unfinished } from '../../write/files/output.js';
import type { Format } from '../../write/format.js';
import { openRankings, type RankingsOptions } from '../../write/open-rankings.js';
import type { RankingWriter } from '../../write/ranking-writer.js';
import type { RowLine } from './sorted-lines.js';

/** Takes the lines of files that are merged. */
export interface LineOutput extends Unfinished {
  /** @throws StarlingError E_USAGE for a line that this format cannot hold, RowError, ClosedPipe, StarlingError E_WRITE */
  write(line: RowLine): Promise<void>;
}

/** Bytes that are written at a time: after a failure nothing of a merge is gone on with, so rankings need not be written one by one. */
const BATCH_BYTES = 2 ** 18;

/** Opens an output of rankings in any format. Lines become lines as they are. @throws as `openRankings` */
export async function openMergedRankings(
  target: string,
  options: RankingsOptions & { format: Format },
): Promise<LineOutput> {
  const { format } = options;
  if (format === 'jsonl') return openMergedLines(target, options);
  return new ConvertedLines(await openRankings(target, { ...options, batchBytes: BATCH_BYTES }), format);
}

/** Opens an output of JSON lines. @throws as `openOutput` */
export async function openMergedLines(target: string, options: OutputOptions): Promise<LineOutput> {
  return new CopiedLines(await openOutput(target, options));
}

/** Writes lines unchanged, many at a time. */
class CopiedLines implements LineOutput {
  readonly #output: Output;
  readonly #batch: Batch;

  constructor(output: Output) {
    this.#output = output;
    this.#batch = new Batch((data) => output.write(data), BATCH_BYTES);
  }

  get file(): string | undefined {
    return this.#output.file;
  }

  get lost(): AbortSignal | undefined {
    return this.#output.lost;
  }

  write({ bytes }: RowLine): Promise<void> {
    return this.#batch.add(bytes);
  }

  async prepare(): Promise<string | undefined> {
    await this.#batch.flush();
    return this.#output.prepare();
  }

  async finish(): Promise<void> {
    await this.#batch.flush();
    await this.#output.finish();
  }

  abandon(): Promise<string | undefined> {
    return this.#output.abandon();
  }
}

/** Writes the ranking of each line in another format. */
class ConvertedLines implements LineOutput {
  readonly #writer: RankingWriter;
  readonly #format: Format;

  constructor(writer: RankingWriter, format: Format) {
    this.#writer = writer;
    this.#format = format;
  }

  get file(): string | undefined {
    return this.#writer.file;
  }

  get lost(): AbortSignal | undefined {
    return this.#writer.lost;
  }

  async write({ bytes, file, line }: RowLine): Promise<void> {
    const ranking = jsonValue(bytes.toString());
    if (!isObject(ranking)) throw new StarlingError('E_SHARD', 'this is no ranking', { file, line });
    this.#refuseUnfit(ranking, { file, line });
    await this.#writer.write(ranking as unknown as Ranking);
  }

  prepare(): Promise<string | undefined> {
    return this.#writer.prepare();
  }

  finish(): Promise<void> {
    return this.#writer.finish();
  }

  abandon(): Promise<string | undefined> {
    return this.#writer.abandon();
  }

  /** Nothing is left out in silence. */
  #refuseUnfit(ranking: JsonObject, place: { file: string; line: number }): void {
    const refuse = (what: string) => {
      const problem = `this has ${what}, for which ${this.#format} has no place; write JSON lines`;
      throw new StarlingError('E_USAGE', problem, place);
    };
    if (isErrorRecord(ranking)) refuse('the error of a row');
    if (this.#format !== 'tsv') return;
    const kept = Object.keys(ranking).find((name) => !isRankingField(name));
    if (kept !== undefined) refuse(`the field ${kept} of its row`);
  }
}
