/**
 * What to compute for a row. The reward of answer i is that of the id list `prefix` + `suffixes[suffixOf[i]]`, read at its last token,
 * or, where `card` says so, at the token after it.
 */
export interface Plan {
  /** Ids that all answers share, computed once; a multiple of RUN_MULTIPLE, may be empty. */
  prefix: Int32Array;
  /** Distinct continuations of the prefix, none of them empty. */
  suffixes: Int32Array[];
  /** For each answer, its place in `suffixes`. */
  suffixOf: number[];
  /** Tokens that are computed: the prefix once and every suffix, with the token after it; what fills up a run does not count. */
  tokens: number;
  /** How many of these the plan of the row before begins with too: who has just run that one does not compute them again. */
  carried: number;
  /** Only for the readout `card`. */
  card?: CardToken;
}

/** The token at which the readout `card` reads a reward: it stands alone at `position` and attends to the whole id list, not to itself. */
export interface CardToken {
  id: number;
  position: number;
  /** For each suffix, whether its reward is read there; else it is read at the suffix's last token. */
  after: boolean[];
}
