import type { Evaluation } from '../contracts/agreement.js';

/** Nectar's K: GPT-4 ranked seven answers at a time. */
export const JUDGED_TOGETHER = 7;

/** How often the judge agrees with itself. A reward model cannot be expected to agree with the judge more often. Shares from 0 to 1. */
export const JUDGE_CEILING: NonNullable<Evaluation['judge_ceiling']> = {
  low: 0.62,
  high: 0.72,
  of: 'adjacent_accuracy',
  source: "GPT-4's pairwise verdicts against its own ranking of seven answers, adjacent ranks (Nectar)",
};
