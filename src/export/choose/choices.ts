/** Which pairs of a row are taken. `adjacent`: answers whose values are neighbours among the distinct values of the row. */
export const PAIRS = ['best-worst', 'adjacent', 'all', 'random'] as const;
export type Pairs = (typeof PAIRS)[number];

/** What ranks the answers of a row. */
export const RANK_BY = ['reward', 'label'] as const;
export type RankBy = (typeof RANK_BY)[number];

/**
 * Answers that can be left out: those that were cut to the model's maximum length, repeats of a better answer's text, and short answers
 * that open with a refusal.
 */
export const DROPS = ['truncated', 'equal', 'refusals'] as const;
export type Drop = (typeof DROPS)[number];

/** How answers and pairs are chosen. An absent limit does not apply. */
export interface Choices {
  rankBy: RankBy;
  drop: readonly Drop[];
  pairs: Pairs;
  /** Most pairs of a row. */
  maxPerRow?: number;
  /** Least difference between the values of a pair. */
  minMargin?: number;
  /** Most times that the longer answer of a pair may be as long as the shorter, in code points. */
  maxLengthRatio?: number;
  /** How many of the best answers are taken. */
  top: number;
  /** Of random pairs and of `LengthBalance`. */
  seed: number;
}
