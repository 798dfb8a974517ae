/**
 * The computation for a row. The reward of answer i is that of the ids `prefix` + `suffixes[suffixOf[i]]`. The head reads their last token,
 * or the token after them where `card` says so.
 */
export interface Plan {
  /** The common prefix of all answers, computed once. Its length is a multiple of RUN_MULTIPLE and may be 0. */
  prefix: Int32Array;
  /** Distinct continuations of the prefix, none of them empty. */
  suffixes: Int32Array[];
  /** For each answer the index of its suffix. */
  suffixOf: number[];
  /** Computed tokens: the prefix once, and each suffix with the `card` token after it. Padding of runs does not count. */
  tokens: number;
  /** Length of the cached prefix: tokens of `prefix` that a worker reuses if it just ran the plan of the row before. */
  carried: number;
  /** Only for the readout `card`. */
  card?: CardToken;
}

/** The padding token that the readout `card` reads. It has the given position and attends to all ids of the text, but not to itself. */
export interface CardToken {
  id: number;
  position: number;
  /** For each suffix, whether the head reads this token. Otherwise it reads the suffix's last token. */
  after: boolean[];
}
