/** One line of output: a row's rewards and ranks, and what evaluation needs of the row. The keys are the output's contract. */
export interface Ranking {
  index: number;
  /** Which input the row is of; absent if there is only one. */
  file?: string;
  id?: string | number;
  prompt_id: string;
  /** Rewards in answer order. Only differences within a row mean something. */
  scores: number[];
  /** 1 = best; equal scores share the best rank among them (1, 2, 2, 4). */
  ranks: number[];
  /** Answer positions from 0, best first; equal scores stay in answer order. */
  order: number[];
  /** Positions of the answers whose text was cut to the maximum length; absent if none. */
  truncated?: number[];
  /** Label ranks, 1 = best, `null` where an answer has none; absent if no answer has one. */
  labels?: (number | null)[];
  /** Label scores, higher = better; same rules. */
  label_scores?: (number | null)[];
  models?: (string | null)[];
  /** Unicode code points of each answer. */
  lengths: number[];
  source?: string[];
  turns?: number;
  good_natured?: boolean;
}
