/** The distribution of some numbers. `null` where there are none. */
export interface Spread {
  count: number;
  mean: number | null;
  least: number | null;
  /** Quartiles: of all numbers if there are few, otherwise of an even choice of them. */
  lower: number | null;
  median: number | null;
  upper: number | null;
  most: number | null;
}

/** What pairs of a better and a worse answer are like. Lengths are in code points. */
export interface PairSummary {
  count: number;
  margin: Spread;
  chosen_length: Spread;
  rejected_length: Spread;
  /** Pairs in which the chosen answer is longer, shorter, and equally long. */
  longer: number;
  shorter: number;
  equal: number;
}

/** How often a model's answers were used, and as which side of a pair. */
export interface ModelUse {
  model: string;
  answers: number;
  chosen: number;
  rejected: number;
}

/** What an export took, and what it left out. */
export interface ExportSummary {
  /** Rankings that were read without an error. */
  rankings: number;
  /** Of these, rankings that gave an example. */
  used: number;
  examples: number;
  /** Answers in the examples, each once for each example. */
  answer_length: Spread;
  /** Absent for a format that has no pairs. */
  pairs?: PairSummary;
  /** The models with the most answers first; at most 50. */
  models: readonly ModelUse[];
  models_left_out: number;
  /** Numbers of what was left out, by reason, and the same as texts: `3 pairs of equal value`. */
  left_out: Readonly<Record<string, number>>;
  left_out_texts: readonly string[];
}
