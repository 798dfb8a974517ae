/** The answers of one row that have a label, in answer order; both arrays are equally long. */
export interface LabelledScores {
  /** Higher = better. */
  scores: readonly number[];
  /** Ranks, 1 = best; equal = the judge made no difference. At least two differ. */
  labels: readonly number[];
}

/** What one row adds to a statistic, whose value is the sum of `sum` over rows divided by the sum of `count`. */
export interface Contribution {
  sum: number;
  count: number;
}

/**
 * A statistic that is a ratio of two sums over rows, so that it can be pooled and bootstrapped without keeping rows.
 * `contribution` gives the same bits for any order of the answers: it counts in integers and divides once.
 * To add one: write its file, list it in `statistics.ts`.
 */
export interface Statistic {
  /** The key in the JSON output. */
  readonly name: string;
  contribution(row: LabelledScores): Contribution;
}

/** Of a row in which the statistic is undefined. */
export const NO_CONTRIBUTION: Contribution = { sum: 0, count: 0 };
