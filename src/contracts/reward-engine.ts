import type { EncodedAnswer } from './text.js';

/** One row as an engine gets it. */
export interface EncodedRow {
  /** The ids of each answer's whole text, in answer order; equal answers share one object. At least one. */
  answers: readonly EncodedAnswer[];
  /** The same texts before tokenization and truncation, in answer order, for engines that read text. Computed on demand. */
  texts(): Promise<string[]>;
}

export interface RowRewards {
  /** In answer order. */
  rewards: number[];
  /** Tokens of the row's texts, with shared tokens counted once. */
  tokens: number;
}

/**
 * Computes rewards of encoded rows. This is all that `score/` knows of an engine: batching, prefix sharing and access to a server are
 * internal to it. Further outputs, such as hidden states, get a method of their own, so that `score` does not change.
 */
export interface RewardEngine {
  /** A remark for users on how the model is run. */
  readonly note?: string;
  /** Rows that may wait for their rewards at once, enough to keep the engine busy. */
  readonly rowsAhead: number;
  /**
   * Called in row order; the promises may settle in any order.
   * @throws RowError E_ENGINE if this row cannot be scored, StarlingError E_ENGINE if the engine can score no further rows
   */
  score(row: EncodedRow): Promise<RowRewards>;
  /**
   * Called once after the last row, before its rewards count as complete. Absent if there is nothing left to check.
   * @throws StarlingError E_ENGINE if the rewards cannot be trusted
   */
  finish?(): Promise<void>;
  /** Shuts the engine down. Rows that are not yet scored fail. */
  close(): Promise<void>;
}
