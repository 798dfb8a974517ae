import type { ErrorCode } from '../../../contracts/exit-codes.js';
import type { ScoredRow } from '../../../score/scorer.js';

/** The stages that a run spends its time on, as far as they can be measured row by row. */
export const STAGES = ['read', 'encode', 'engine', 'write'] as const;
export type Stage = (typeof STAGES)[number];

/** What this process has done so far. The progress line, the log, the metrics and the run record all read it. */
export class RunCounts {
  /** Rows that were ranked, or rankings that were read. */
  rows = 0;
  /** Rows that an earlier run has finished and this run does not read again. */
  rowsBefore = 0;
  /** Answers that were scored. */
  answers = 0;
  /** Tokens that rows requested, with shared ones counted once. */
  tokens = 0;
  truncatedAnswers = 0;
  /** Number of skipped rows, by error code. */
  readonly skipped = new Map<ErrorCode, number>();
  /** Seconds of each stage. Rows are encoded and scored concurrently, so the sum may exceed the elapsed time. */
  readonly stageSeconds: Record<Stage, number> = { read: 0, encode: 0, engine: 0, write: 0 };
  /** The finished fraction of the work, from 0 to 1; `undefined` if the amount of work is unknown. */
  share: number | undefined;
  readonly #startedAt = performance.now();
  #begunAt: number | undefined;

  /** Called when everything is open and checked, before the first row is read. */
  begin(): void {
    this.#begunAt ??= performance.now();
  }

  get hasBegun(): boolean {
    return this.#begunAt !== undefined;
  }

  addScored({ answers, tokens, seconds }: ScoredRow): void {
    this.answers += answers;
    this.tokens += tokens;
    this.stageSeconds.encode += seconds.encode;
    this.stageSeconds.engine += seconds.engine;
  }

  addSkipped(code: ErrorCode): void {
    this.skipped.set(code, (this.skipped.get(code) ?? 0) + 1);
  }

  /** Adds the time since `start`, a value of `performance.now()`. */
  addTime(stage: Stage, start: number): void {
    this.stageSeconds[stage] += (performance.now() - start) / 1000;
  }

  /** Seconds since the command started. */
  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** Measured from the request for the first row, so loading the model does not count. */
  get tokensPerSecond(): number {
    const seconds = (performance.now() - (this.#begunAt ?? Number.NaN)) / 1000;
    return Math.round(this.tokens / seconds) || 0;
  }
}

/** Passes on the items, and counts the time spent waiting for them as reading. */
export async function* timedReading<Item>(items: AsyncIterable<Item>, counts: RunCounts): AsyncGenerator<Item> {
  let start = performance.now();
  for await (const item of items) {
    counts.addTime('read', start);
    yield item;
    start = performance.now();
  }
  counts.addTime('read', start);
}
