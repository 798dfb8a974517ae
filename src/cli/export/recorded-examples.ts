import type { ExportSummary } from '../../contracts/export-summary.js';
import { VERSION } from '../../contracts/version.js';
import { TRAINING_FORMATS } from '../../export/formats/formats.js';
import { writeExportRecord } from '../../runs/export-record.js';
import { inputRecords, withDigests } from '../../runs/input-digests.js';
import type { RankingsScoredBy } from '../../runs/ranking-origins.js';
import { type InputRecord, recordOf } from '../../runs/run-record.js';
import { SentBytes, sealedFile } from '../../runs/sealed.js';
import type { WrittenExample } from '../../write/examples/example-writer.js';
import { openExamples } from '../../write/examples/open-examples.js';
import { writeError } from '../../write/files/write-all.js';
import type { Outcome } from '../common/each-row.js';
import type { Outputs, Writing } from '../common/outputs.js';
import { askedOf } from './asked.js';
import type { ExportSettings } from './settings.js';
import type { ExportSource } from './source.js';

/** The examples of an export, and the record of what made them, beside their file or at the path of `--run-file`. */
export class RecordedExamples implements AsyncDisposable {
  readonly #settings: ExportSettings;
  readonly #writer: Writing<WrittenExample>;
  readonly #sent: SentBytes;
  readonly #path: string | undefined;
  readonly #startedAt = performance.now();
  readonly #closing = new AbortController();
  /** Digests are computed while rankings are read. */
  readonly #inputs: Promise<readonly [rankings: InputRecord[], rows: InputRecord[]]>;

  /** @throws StarlingError E_EXISTS, E_USAGE */
  static async open(settings: ExportSettings, source: ExportSource, outputs: Outputs): Promise<RecordedExamples> {
    const { output, form, to } = settings;
    const sent = new SentBytes();
    const opened = await openExamples(output.target, {
      force: output.force,
      format: output.format,
      columns: TRAINING_FORMATS[to].columns(form),
      scoredBy: () => source.origins.common(source.rankings),
      onSent: (data) => sent.add(data),
    });
    const path = output.record ?? (opened.file && recordOf(opened.file));
    return new RecordedExamples(settings, source, outputs.add<WrittenExample>(opened), sent, path);
  }

  private constructor(
    settings: ExportSettings,
    { rankings, rows }: ExportSource,
    writer: Writing<WrittenExample>,
    sent: SentBytes,
    path: string | undefined,
  ) {
    this.#settings = settings;
    this.#writer = writer;
    this.#sent = sent;
    this.#path = path;
    const { signal } = this.#closing;
    const digests = async () =>
      [await withDigests(inputRecords(rankings), signal), await withDigests(inputRecords(rows), signal)] as const;
    this.#inputs = path === undefined ? Promise.resolve([[], []] as const) : digests();
    // A failure is thrown when the digests are asked for.
    this.#inputs.catch(() => {});
  }

  /** @throws ClosedPipe, StarlingError E_WRITE */
  write(example: WrittenExample): Promise<void> {
    return this.#writer.write(example);
  }

  /** Writes the record, then gives the file its name. @throws ClosedPipe, StarlingError E_EXISTS, E_READ, E_WRITE */
  async complete(outcome: Outcome, summary: ExportSummary, scoredBy: RankingsScoredBy): Promise<void> {
    const file = await this.#writer.prepare();
    if (this.#path !== undefined) await this.#record(this.#path, file, outcome, summary, scoredBy);
    await this.#writer.commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the export has ended'));
    await this.#inputs.catch(() => {});
  }

  async #record(
    path: string,
    file: string | undefined,
    { skipped }: Outcome,
    { rankings, examples, left_out }: ExportSummary,
    { scoredBy, notes }: RankingsScoredBy,
  ): Promise<void> {
    const { to, output } = this.#settings;
    const [inputs, rows] = await this.#inputs;
    const sealed =
      file === undefined
        ? this.#sent.sealed()
        : await sealedFile(file).catch((cause) => {
            throw writeError(cause, file);
          });
    await writeExportRecord(path, {
      export_format: 1,
      tool: `starling-rm ${VERSION}`,
      to,
      format: output.format,
      asked: askedOf(this.#settings),
      scored_by: scoredBy,
      ...(notes.length > 0 && { scored_by_notes: notes }),
      rankings: inputs,
      ...(rows.length > 0 && { rows }),
      end: {
        time: new Date().toISOString(),
        seconds: Math.round(performance.now() - this.#startedAt) / 1000,
        rankings,
        examples,
        left_out,
        skipped: Object.fromEntries(skipped),
        ...sealed,
      },
    });
  }
}
