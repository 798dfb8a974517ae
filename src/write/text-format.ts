import type { Ranking, SavedRanking } from '../contracts/ranking.js';

/**
 * A format that writes rankings as text, in one or several lines a row. `--resume` reads these lines back, so they must hold the index,
 * the scores with all digits, and which answers were truncated.
 */
export interface TextFormat {
  /** One line, with its newline, before the first row; empty if the format has no header. */
  header: string;
  /** The lines of a row. @throws RowError E_FIELD for a value that this format cannot hold */
  text(ranking: Ranking): string;
  /** Matches the beginning of each line of a row. The first group is the row's index. */
  index: RegExp;
  /** Reads the lines of a row that `text` wrote. The last ones may be missing. */
  saved(text: string): SavedRanking;
  /** Whether an error can take the place of a ranking, as a line of JSON. */
  holdsErrors: boolean;
}
