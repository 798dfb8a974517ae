import { stat } from 'node:fs/promises';
import type { ErrorLine } from '../../../contracts/error-line.js';
import { type RowError, StarlingError } from '../../../contracts/errors.js';
import type { ScoreIdentity } from '../../../contracts/identity.js';
import type { Keep, Ranking } from '../../../contracts/ranking.js';
import type { Input } from '../../../read/inputs/inputs.js';
import { type RunPlan, refuseOtherRun } from '../../../runs/differences.js';
import { comparableInputs, inputRecords } from '../../../runs/input-digests.js';
import { RunJournal } from '../../../runs/journal.js';
import { readRejected } from '../../../runs/rejected-rows.js';
import { ResumedRun } from '../../../runs/resumed-run.js';
import { type RunRecord, readRunRecord, recordOf } from '../../../runs/run-record.js';
import { type Sealed, SentBytes, sealedFile } from '../../../runs/sealed.js';
import { readWritten } from '../../../runs/written-rankings.js';
import { type ScoringSettings, scoreIdentity } from '../../../score/open-scorer.js';
import { partialOf } from '../../../write/files/new-file.js';
import { type Output, openOutput } from '../../../write/files/output.js';
import { openRankings } from '../../../write/open-rankings.js';
import type { RankingWriter } from '../../../write/ranking-writer.js';
import { errorLineOf, rejectLine } from '../../../write/rejects.js';
import type { Calibrated } from '../calibration/calibration-file.js';
import type { Outcome, Taking } from '../each-row.js';
import type { Outputs, Writing } from '../outputs.js';
import type { ScoringUse } from '../scored-rows.js';
import type { RankingsSettings, RowsSettings } from '../settings.js';
import { askedFor } from './asked-for.js';

export type RunSettings = RowsSettings & ScoringSettings & Calibrated;

/** What a command needs from a run. */
export interface RunUse {
  output: RankingsSettings;
  /** What rankings carry of their rows. */
  keep: Keep;
  /** Whether the command needs the rankings of earlier runs too. */
  isReplayed: boolean;
  /** Names of the files that the command writes beside the rankings. */
  reports: readonly string[];
}

/** The output in which `--on-error emit` writes errors in place of rankings. */
interface ErrorWriting {
  write(line: ErrorLine): Promise<void>;
  /** Whether rankings name their input, because there are several. */
  namesFile: boolean;
}

/** A run that writes its rankings and keeps a record, beside its output file or at the path of `--run-file`. */
export class RecordedRun implements AsyncDisposable {
  readonly #outputs: Outputs;
  readonly #writer: Writing<Ranking>;
  readonly #flush: () => void;
  readonly #rejects: Writing<string> | undefined;
  readonly #errors: ErrorWriting | undefined;
  readonly #sent: SentBytes;
  readonly #resumed: ResumedRun | undefined;
  readonly #journal: RunJournal | undefined;
  readonly #scoredBy: () => Promise<ScoreIdentity>;

  /**
   * Opens the outputs, and reads what an earlier run has left in them if this run continues it.
   * @throws StarlingError E_EXISTS, E_RESUME, E_USAGE, E_WRITE
   */
  static async open(
    settings: RunSettings,
    use: RunUse,
    inputs: readonly Input[],
    outputs: Outputs,
  ): Promise<RecordedRun> {
    const { output } = use;
    const { record } = output;
    const sent = new SentBytes();
    const leftovers = {
      partial: record.resumes ? ('continue' as const) : ('offer' as const),
      onWait: (holder: string) =>
        settings.console.insist(`${holder} has not ended; waiting until it shows that it lives, or for a minute`),
    };
    const onSent = (data: string | Uint8Array) => sent.add(data);
    // A run that continues the output of another keeps its identity.
    let scoredBy = () => scoreIdentity(settings);
    let isBegun = false;
    const opened = await openRankings(output.target, { ...output, ...leftovers, onSent, scoredBy: () => scoredBy() });
    const writer = outputs.add(opened, { isRecorded: () => isBegun });
    const flush = () => opened.flush?.();
    const errors = settings.input.onError === 'emit' ? errorWriting(opened, outputs, inputs) : undefined;
    const { rejects: to } = settings.input;
    const refused = to && (await openOutput(to.target, { ...to, ...leftovers }));
    const rejects = refused && outputs.add<string>(refused);
    const path = record.path ?? (opened.file && recordOf(opened.file));
    if (path === undefined) return new RecordedRun({ outputs, writer, flush, errors, rejects, sent, scoredBy });
    const before = output.force && !record.resumes ? undefined : await readRunRecord(path);
    const plan = await runPlan(settings, use, inputs);
    if (before !== undefined && record.resumes) plan.inputs = await comparableInputs(plan.inputs, before.inputs);
    const resumed = record.resumes ? await resumedRun(opened, refused, before, plan, path, use) : undefined;
    const journal = await RunJournal.begin(plan, {
      path,
      reports: use.reports,
      tokens: () => settings.console.counts.tokens,
      ...(resumed && { earlier: before }),
    });
    const { identity } = resumed && before ? before : plan;
    scoredBy = async () => identity;
    isBegun = true;
    return new RecordedRun({ outputs, writer, flush, errors, rejects, sent, resumed, journal, scoredBy });
  }

  private constructor(parts: {
    outputs: Outputs;
    writer: Writing<Ranking>;
    flush: () => void;
    errors: ErrorWriting | undefined;
    rejects: Writing<string> | undefined;
    sent: SentBytes;
    resumed?: ResumedRun;
    journal?: RunJournal;
    scoredBy: () => Promise<ScoreIdentity>;
  }) {
    this.#outputs = parts.outputs;
    this.#writer = parts.writer;
    this.#flush = parts.flush;
    this.#errors = parts.errors;
    this.#rejects = parts.rejects;
    this.#sent = parts.sent;
    this.#resumed = parts.resumed;
    this.#journal = parts.journal;
    this.#scoredBy = parts.scoredBy;
  }

  /** What the scores of the run depend on. @throws StarlingError as `scoreIdentity` */
  identity(): Promise<ScoreIdentity> {
    return this.#scoredBy();
  }

  /** How the rows of the run are scored. */
  get scoring(): ScoringUse {
    return this.#resumed === undefined ? {} : { resumed: this.#resumed };
  }

  /** How the rows of the run are consumed. */
  get taking(): Taking {
    return {
      outputs: this.#outputs,
      refuse: (error) => this.#refuse(error),
      ...(this.#resumed && { resumed: this.#resumed }),
    };
  }

  /**
   * Writes a ranking, unless an earlier run has.
   * @param isLast whether no other row is being scored, so that the next ranking may come late
   * @throws RowError E_FIELD, ClosedPipe, StarlingError E_RESUME, E_WRITE
   */
  async write(ranking: Ranking, isLast = false): Promise<void> {
    if (this.#resumed !== undefined && !(await this.#resumed.isToWrite(ranking))) return;
    await this.#writer.write(ranking);
    this.#journal?.addRow();
    if (isLast) this.#flush();
  }

  /** Completes the record, the rankings and the rejects, in this order. @throws ClosedPipe, StarlingError E_RESUME, E_WRITE, E_EXISTS */
  async complete({ rows, skipped }: Outcome): Promise<void> {
    this.#resumed?.checkComplete();
    const file = await this.#writer.prepare();
    const refused = await this.#rejects?.prepare();
    if (this.#journal !== undefined) {
      const output = file === undefined ? this.#sent.sealed() : await sealed(file);
      const rejects = refused === undefined ? undefined : await sealed(refused);
      await this.#journal.complete({ rows, skipped, output, rejects });
    }
    await this.#writer.commit();
    await this.#rejects?.commit();
  }

  /** Writes a bad row, unless an earlier run has. A row whose error is in the output is not reported again. */
  async #refuse(error: RowError): Promise<boolean> {
    const isRejected = this.#resumed?.isRejected(error) ?? false;
    const isRejectDue = this.#rejects !== undefined && !isRejected;
    if (isRejectDue) await this.#rejects?.write(rejectLine(error));
    const isEmitted = this.#errors !== undefined && (await this.#emit(error, this.#errors));
    if (isRejectDue || isEmitted) this.#journal?.addRow();
    return this.#errors === undefined && !isRejected;
  }

  /** @returns false if an earlier run has written it */
  async #emit(error: RowError, { write, namesFile }: ErrorWriting): Promise<boolean> {
    const line = errorLineOf(error, namesFile);
    if (this.#resumed !== undefined && !this.#resumed.isErrorToWrite(line)) return false;
    await write(line);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resumed?.close();
    await this.#journal?.close();
  }
}

/** @throws StarlingError E_INTERNAL for a format that passed the settings but cannot hold errors */
function errorWriting(opened: RankingWriter, outputs: Outputs, { length }: readonly Input[]): ErrorWriting {
  const { writeError } = opened;
  if (writeError === undefined) throw new StarlingError('E_INTERNAL', 'this format has no place for errors of rows');
  return { write: (line) => outputs.unlessClosed(writeError(line)), namesFile: length > 1 };
}

/** What the scores and the rows of a run depend on, before the digests of the inputs are known. */
export async function runPlan(
  settings: RunSettings,
  { output, keep }: Pick<RunUse, 'output' | 'keep'>,
  inputs: readonly Input[],
): Promise<RunPlan> {
  const identity = await scoreIdentity(settings);
  return { identity, asked: askedFor(settings, output, keep), inputs: inputRecords(inputs) };
}

/** What an earlier run has left; `undefined` if nothing. The files of a run that cannot be resumed are not changed. */
async function resumedRun(
  { left }: RankingWriter,
  rejects: Output | undefined,
  before: RunRecord | undefined,
  plan: RunPlan,
  path: string,
  { output, isReplayed }: RunUse,
): Promise<ResumedRun | undefined> {
  if (left === undefined) throw new StarlingError('E_USAGE', 'only a file can be gone on with; drop --resume');
  if ((await bytesIn(left.path)) + (rejects?.file ? await bytesIn(partialOf(rejects.file)) : 0) === 0) return undefined;
  if (before === undefined) throw noRecord(left.path, path);
  refuseOtherRun(before, plan, { file: left.path }, output.record);
  const written = await readWritten(left, before.asked.bad_rows.on_error === 'emit');
  const rejected = rejects && (await readRejected(rejects));
  const emits = plan.asked.bad_rows.on_error === 'emit';
  // Where scores do not have the same bits every time, the last row would not be what is written of it.
  const mixesMachines = output.record.mixesMachines || plan.identity.caveat !== undefined;
  return new ResumedRun({ left, written, rejected }, { isReplayed, emits, mixesMachines });
}

async function bytesIn(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

function noRecord(file: string, record: string): StarlingError {
  const problem = `the run record ${record}, which says what made this file, is not there`;
  const remedy = 'put the record back, or start anew with --force and without --resume';
  return new StarlingError('E_RESUME', `${problem}; ${remedy}`, { file });
}

function sealed(file: string): Promise<Sealed> {
  return sealedFile(file).catch((cause: Error) => {
    throw new StarlingError('E_WRITE', `could not be read again: ${cause.message}`, { file }, cause);
  });
}
