/** ok: as it should be. warn: works, but look at it. fail: do not trust it. skip: another check has to be ok first. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip';

/** What `doctor` found about one thing. The keys are the output's contract. */
export interface Check {
  /** What was looked at. */
  check: string;
  verdict: Verdict;
  found: string;
  /** What to do; absent where nothing is to be done, or `found` says it. */
  remedy?: string;
  /** All that the verdict rests on. */
  details?: Readonly<Record<string, unknown>>;
}
