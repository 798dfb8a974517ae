/** The answers of one row that have a label; all arrays are equally long. */
export interface LabelledScores {
  /** Higher = better; finite. */
  scores: readonly number[];
  /** Ranks, 1 = best; equal ranks are ties. At least two differ. */
  labels: readonly number[];
  /** Scores by the judge, higher = better; absent unless each answer has one. */
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
  /** Whether it reads differences of scores as log-odds. Scores on another scale then have no value. */
  readonly ofLogOdds?: boolean;
  /** The reason given if it is undefined although there are comparisons. */
  readonly whyUndefined: string;
  contribution(row: LabelledScores): Contribution;
  /** The expected contribution of random scores: all orders of the answers are equally likely, without ties. */
  atRandom(row: LabelledScores): Contribution;
}

/** The contribution of a row in which the statistic is undefined. */
export const NO_CONTRIBUTION: Contribution = { sum: 0, count: 0 };

export const ALL_TIE = 'all answers tie in every row with labels';
