/** The answers of one row that have a label; all arrays are equally long. */
export interface LabelledScores {
  /** Higher = better; finite. */
  scores: readonly number[];
  /** Ranks, 1 = best; equal = the judge made no difference. At least two differ. */
  labels: readonly number[];
  /** The judge's scores, higher = better; absent unless each answer has one. */
  labelScores?: readonly number[];
}

/** What one row adds to a statistic, whose value is the sum of `sum` over rows divided by the sum of `count`. */
export interface Contribution {
  sum: number;
  count: number;
}

/**
 * A statistic that is a ratio of two sums over rows, so that it can be pooled and bootstrapped without keeping rows.
 * To add one: write its file, list it in `statistics.ts`.
 */
export interface Statistic {
  /** The key in the JSON output. */
  readonly name: string;
  /** Whether it takes differences of scores for log-odds, so that scores on another scale have no such figure. */
  readonly ofLogOdds?: boolean;
  /** Why it may be undefined where there are comparisons. */
  readonly whyUndefined: string;
  contribution(row: LabelledScores): Contribution;
  /** What random scores contribute on average: each order of the answers equally likely, no ties. */
  atRandom(row: LabelledScores): Contribution;
}

/** Of a row in which the statistic is undefined. */
export const NO_CONTRIBUTION: Contribution = { sum: 0, count: 0 };

export const ALL_TIE = 'all answers tie in every row with labels';
