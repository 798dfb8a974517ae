import type { ErrorLine } from '../contracts/error-line.js';
import type { Ranking } from '../contracts/ranking.js';
import type { Unfinished } from './files/output.js';
import type { TextFormat } from './text-format.js';

/** Rankings in FILE.partial that an earlier run has written, and with which this one goes on. */
export interface LeftRankings {
  /** FILE.partial. */
  path: string;
  /** How rankings stand there. */
  format: TextFormat;
  /** A ranking as it stands there. @throws RowError E_FIELD */
  text(ranking: Ranking): string;
  /** Counts a line of the file, its newline included, as written. Lines come in their order, all of them before the first `write`. */
  adopt(line: Buffer): void;
  /** Leaves the first `bytes` bytes. @throws StarlingError E_WRITE */
  cut(bytes: number): Promise<void>;
}

/** Where rankings go. */
export interface RankingWriter extends Unfinished {
  /**
   * Resolves when the operating system has taken it, or what of it must not wait.
   * @throws RowError E_FIELD for a ranking that this format cannot hold: those around it are still good
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  write(ranking: Ranking): Promise<void>;
  /** Writes the error of a row in place of its ranking. Absent where the format has no place for it. @throws as `write` */
  readonly writeError?: (line: ErrorLine) => Promise<void>;
  /** Absent for what is no file. */
  readonly left?: LeftRankings;
}
