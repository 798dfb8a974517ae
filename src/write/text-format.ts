import type { Ranking, SavedRanking } from '../contracts/ranking.js';

/**
 * A format in which rankings are written as text, one or several lines a row. What is written of a row is read back by `--resume`, so it
 * must hold index, scores with all their digits, and which answers were truncated.
 */
export interface TextFormat {
  /** One line before the first row, with its newline; empty if there is none. */
  header: string;
  /** The lines of a row. @throws RowError E_FIELD for what this format cannot hold */
  text(ranking: Ranking): string;
  /** Matches the beginning of each line of a row, with the row's index as the first group. */
  index: RegExp;
  /** Reads the lines of a row that `text` wrote. The last ones may be missing. */
  saved(text: string): SavedRanking;
  /** Whether an error can stand in the place of a ranking, as a line of JSON. */
  holdsErrors: boolean;
}
