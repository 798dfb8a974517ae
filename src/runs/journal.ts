import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { ErrorCode } from '../contracts/exit-codes.js';
import { writeError } from '../write/files/write-all.js';
import type { RunPlan } from './differences.js';
import { withDigests } from './input-digests.js';
import { type Attempt, type RunEnd, type RunRecord, writeRunRecord } from './run-record.js';
import type { Sealed } from './sealed.js';

/** Time between two updates of the record while a run is in progress. */
const UPDATE_MS = 10_000;

export interface JournalOptions {
  /** Path of the run record. */
  path: string;
  /** The record of the run that this one continues, with the same model, flags and inputs. */
  earlier?: RunRecord;
  /** Names of the files that the command writes beside FILE. */
  reports: readonly string[];
  /** Tokens requested since the start. */
  tokens(): number;
}

/** What is known once everything is written. */
export interface Written {
  rows: number;
  skipped: ReadonlyMap<ErrorCode, number>;
  output: Sealed;
  rejects?: Sealed;
}

/**
 * Keeps the record of a run from its start. The record is completed before FILE gets its name, so FILE is complete as soon as both
 * exist.
 */
export class RunJournal {
  readonly #path: string;
  readonly #begun: Omit<RunRecord, 'attempts'>;
  readonly #before: readonly Attempt[];
  readonly #now: Pick<Attempt, 'start' | 'host' | 'processor'>;
  readonly #startedAt = performance.now();
  readonly #inputsRead: Promise<void>;
  #inputs: RunRecord['inputs'];
  #updating: NodeJS.Timeout | undefined;
  readonly #closing = new AbortController();
  #writing: Promise<void> = Promise.resolve();
  #end: RunEnd | undefined;
  #rows = 0;
  readonly #tokens: () => number;

  /**
   * Begins the record of a run, or continues that of an earlier one.
   * @throws StarlingError E_WRITE
   */
  static async begin(plan: RunPlan, options: JournalOptions): Promise<RunJournal> {
    const journal = new RunJournal(plan, options);
    try {
      await journal.#write({ isLasting: true });
    } catch (cause) {
      throw writeError(cause, options.path);
    }
    journal.#updating = setInterval(() => void journal.#write({ isLasting: false }).catch(() => {}), UPDATE_MS).unref();
    return journal;
  }

  private constructor(plan: RunPlan, { path, earlier, reports, tokens }: JournalOptions) {
    const { processor } = plan.identity;
    const isMixed = earlier !== undefined && `${earlier.identity.processor}` !== `${processor}`;
    this.#path = path;
    this.#tokens = tokens;
    this.#begun = {
      run_format: 1,
      ...plan,
      identity: earlier?.identity ?? plan.identity,
      ...(reports.length > 0 && { reports }),
    };
    this.#before = earlier?.attempts ?? [];
    this.#now = { start: new Date().toISOString(), host: hostname(), ...(isMixed && { processor }) };
    this.#inputs = plan.inputs;
    this.#inputsRead = this.#readInputs(plan.inputs).catch(() => {});
  }

  /** Counts a row that was written, as a ranking or as a reject. */
  addRow(): void {
    this.#rows++;
  }

  /** Called when everything is written and only the renaming of files is left. @throws StarlingError E_WRITE */
  async complete({ rows, skipped, output, rejects }: Written): Promise<void> {
    await this.#inputsRead;
    const attempts = this.#attempts();
    this.#end = {
      time: new Date().toISOString(),
      rows,
      skipped: Object.fromEntries(skipped),
      ...output,
      ...(rejects && { rejects }),
      tokens: attempts.reduce((sum, attempt) => sum + attempt.tokens, 0),
      seconds: rounded(attempts.reduce((sum, attempt) => sum + attempt.seconds, 0)),
    };
    try {
      await this.#write({ isLasting: true });
    } catch (cause) {
      throw writeError(cause, this.#path);
    }
  }

  /** Ends the record, complete or not. Removes it if the run has written nothing. */
  async close(): Promise<void> {
    clearInterval(this.#updating);
    this.#closing.abort(new Error('the run has ended'));
    if (this.#end === undefined) await this.#write({ isLasting: true }).catch(() => {});
    await this.#writing;
    const isEmpty = this.#end === undefined && this.#attempts().every(({ rows }) => rows === 0);
    if (isEmpty) await rm(this.#path, { force: true }).catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Records the digests as soon as they are known, so that a run that is killed later can be compared by them. */
  async #readInputs(inputs: RunRecord['inputs']): Promise<void> {
    this.#inputs = await withDigests(inputs, this.#closing.signal);
    await this.#write({ isLasting: true });
  }

  /** Runs one write at a time. */
  #write({ isLasting }: { isLasting: boolean }): Promise<void> {
    const written = this.#writing.then(() => writeRunRecord(this.#path, this.#record(), { isLasting }));
    this.#writing = written.catch(() => {});
    return written;
  }

  #record(): RunRecord {
    const { reports, ...begun } = this.#begun;
    const record = { ...begun, inputs: this.#inputs, attempts: this.#attempts(), ...(reports && { reports }) };
    return this.#end === undefined ? record : { ...record, end: this.#end };
  }

  #attempts(): Attempt[] {
    const seconds = rounded((performance.now() - this.#startedAt) / 1000);
    return [...this.#before, { ...this.#now, seconds, rows: this.#rows, tokens: this.#tokens() }];
  }
}

/** Rounds to milliseconds. */
function rounded(seconds: number): number {
  return Math.round(1000 * seconds) / 1000;
}
