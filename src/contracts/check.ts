/** ok: no problem. warn: works, but needs a look. fail: do not trust the model. skip: another check has to pass first. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skip';

/** What `doctor` found about one thing. The keys are the output's contract. */
export interface Check {
  /** What was looked at. */
  check: string;
  verdict: Verdict;
  found: string;
  /** What to do; absent if there is nothing to do, or if `found` says it. */
  remedy?: string;
  /** The values behind the verdict. */
  details?: Readonly<Record<string, unknown>>;
}
