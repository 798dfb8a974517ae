import type { Ranking } from '../../contracts/ranking.js';
import { type ArrowEncoder, type ArrowMetadata, openArrowEncoder } from '../../tables/arrow-reader.js';
import type { Output } from '../files/output.js';
import type { RankingWriter } from '../ranking-writer.js';
import { widened } from './column-type.js';
import { type ColumnarRow, columnarRow, columnError } from './columnar-row.js';
import type { TableColumn } from './columns.js';
import { cellsOf, columnsOf, KeptColumns, keptEntries, type SettledTypes } from './kept-columns.js';
import { metadataOf } from './metadata.js';

/**
 * A batch is written when it has this many rows or characters of JSON, when its first row has waited this long, or when `flush` is called.
 */
const BATCH_ROWS = 1024;
const BATCH_CHARACTERS = 2 ** 22;
const BATCH_MS = 1000;

/** What the first batch fixes for all later rows. */
interface Begun {
  encoder: Promise<ArrowEncoder>;
  columns: readonly TableColumn[];
  kept: SettledTypes;
}

/**
 * Writes rankings as an Arrow IPC stream. Record batches are written during the run. The first batch fixes the columns: a row with a new
 * field later, or with a value of another type, is an error (E_FIELD).
 */
export class ArrowStream implements RankingWriter {
  readonly #output: Output;
  readonly #metadata: () => Promise<ArrowMetadata>;
  readonly #learnt = new KeptColumns();
  #begun: Begun | undefined;
  #waiting: ColumnarRow[] = [];
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;
  /** The writing of all batches so far. */
  #written: Promise<void> = Promise.resolve();

  /** @param metadata called when the first batch is written */
  constructor(output: Output, metadata: () => Promise<ArrowMetadata> = () => metadataOf()) {
    this.#output = output;
    this.#metadata = metadata;
  }

  get lost(): AbortSignal | undefined {
    return this.#output.lost;
  }

  async write(ranking: Ranking): Promise<void> {
    const row = columnarRow(ranking);
    if (this.#begun === undefined) this.#learnt.add(row);
    else refuseMisfit(row, this.#begun.kept);
    this.#waiting.push(row);
    this.#characters += row.line.length;
    if (this.#waiting.length >= BATCH_ROWS || this.#characters >= BATCH_CHARACTERS) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
    await this.#written;
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    const rows = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    this.#begun ??= this.#begin();
    const { encoder, columns } = this.#begun;
    this.#written = this.#written.then(async () => {
      const batch = rows.map(({ values }) => cellsOf(columns, values));
      await this.#output.write((await encoder).batch(batch));
    });
    // The next `write` or `finish` throws the error. Without this handler Node would report it as unhandled until then.
    this.#written.catch(() => {});
  }

  async prepare(): Promise<undefined> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.flush();
    this.#begun ??= this.#begin();
    await this.#end(this.#begun);
  }

  async finish(): Promise<void> {
    await this.prepare();
    await this.#output.finish();
  }

  /** Writes the rows that came before the failure, as every format does. */
  async abandon(): Promise<string | undefined> {
    this.flush();
    if (this.#begun !== undefined && !this.#isEnded) await this.#end(this.#begun).catch(() => {});
    return this.#output.abandon();
  }

  #begin(): Begun {
    const kept = this.#learnt.settled('some');
    const columns = columnsOf(kept);
    const encoder = this.#metadata().then((metadata) => openArrowEncoder(columns, 'stream', metadata));
    // Those who await it throw its error. Without this handler Node would report it as unhandled until then.
    encoder.catch(() => {});
    return { encoder, columns, kept };
  }

  async #end({ encoder }: Begun): Promise<void> {
    await this.#written;
    await this.#output.write((await encoder).end());
  }
}

function refuseMisfit(row: ColumnarRow, kept: SettledTypes): void {
  for (const [name, value] of keptEntries(row)) {
    const type = kept.get(name);
    if (type === undefined ? value !== null : widened(type, value) !== type) {
      const found =
        type === undefined ? 'a field that the first rows do not have' : 'a value of another type than before';
      const problem = `${found}, and a stream cannot change its columns`;
      throw columnError(problem, name, row.index, '-o FILE.parquet or --format jsonl');
    }
  }
}
