import type { ErrorLine } from '../contracts/error-line.js';
import type { Ranking } from '../contracts/ranking.js';
import type { Unfinished } from './files/output.js';
import type { TextFormat } from './text-format.js';

/** The rankings in FILE.partial that an earlier run has written and this one continues. */
export interface LeftRankings {
  /** Path of FILE.partial. */
  path: string;
  /** The format of the rankings in it. */
  format: TextFormat;
  /** A ranking as text of this format. @throws RowError E_FIELD */
  text(ranking: Ranking): string;
  /** Counts a line of the file, its newline included, as written. Called for all lines in order, before the first `write`. */
  adopt(line: Buffer): void;
  /** Cuts the file to its first `bytes` bytes. @throws StarlingError E_WRITE */
  cut(bytes: number): Promise<void>;
}

/** A destination of rankings. */
export interface RankingWriter extends Unfinished {
  /**
   * Resolves when the operating system has taken the part of the data that must not wait.
   * @throws RowError E_FIELD for a ranking that this format cannot hold; the rankings around it are not affected
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  write(ranking: Ranking): Promise<void>;
  /**
   * Begins to write the rankings that wait for others. Called when no other row is being scored, as the next one may come late. An error of
   * it is thrown by the next `write` or `finish`. Absent if no ranking waits.
   */
  readonly flush?: () => void;
  /** Writes the error of a row in place of its ranking. Absent if the format cannot hold errors. @throws as `write` */
  readonly writeError?: (line: ErrorLine) => Promise<void>;
  /** Absent if the output is not a file. */
  readonly left?: LeftRankings;
}
