import type { EncodedAnswer } from './text.js';

/** One row as an engine gets it. */
export interface EncodedRow {
  /** The ids of each answer's whole text, in answer order; equal answers share one object. At least one. */
  answers: readonly EncodedAnswer[];
  /** The same texts spelled out, before anything is cut, for engines that read text. They are made when this is called. */
  texts(): Promise<string[]>;
}

export interface RowRewards {
  /** In answer order. */
  rewards: number[];
  /** Tokens that the row asks for, shared ones counted once. */
  tokens: number;
}

/**
 * What turns encoded rows into rewards. `score/` knows nothing else about an engine: how it batches, shares prefixes or reaches a
 * server is its own business. An engine that can also give hidden states gets a method of its own for them, so that `score` stays as it is.
 */
export interface RewardEngine {
  /** How the model is run, where users should know it. */
  readonly note?: string;
  /** Rows that may wait for their rewards at once: enough that the engine is never idle. */
  readonly rowsAhead: number;
  /**
   * Called in row order; the promises may settle in any order.
   * @throws RowError E_ENGINE when this row cannot be scored, StarlingError E_ENGINE when no row can be any more
   */
  score(row: EncodedRow): Promise<RowRewards>;
  /** Ends what runs the model. Rows that are not yet scored fail. */
  close(): Promise<void>;
}
