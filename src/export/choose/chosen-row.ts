import type { RankedRow } from '../../contracts/ranked-row.js';

/** An answer with what ranks it. */
export interface RankedAnswer {
  /** In the row, from 0. */
  position: number;
  text: string;
  /** Unicode code points. */
  length: number;
  /** The model that wrote it; `null` if it is not known. */
  model: string | null;
  /** Reward or label; higher = better. */
  value: number;
  /** Among the answers that are left, 1 = best; equal values share the best rank among them. */
  rank: number;
}

/** Two answers of different values. */
export interface ChosenPair {
  chosen: RankedAnswer;
  rejected: RankedAnswer;
  /** Difference of their values, above 0. */
  margin: number;
}

/** What is left of a row. */
export interface ChosenRow {
  row: RankedRow;
  /** Best first; equal values in the order of the row. */
  answers: readonly RankedAnswer[];
  /** In the order of their better answers, then of their worse ones; empty for a format without pairs. */
  pairs: readonly ChosenPair[];
}
