import type { Ranking } from '../contracts/ranking.js';
import type { Unfinished } from './files/output.js';

/** Where rankings go. */
export interface RankingWriter extends Unfinished {
  /**
   * Resolves when the operating system has taken it, or what of it must not wait.
   * @throws RowError E_FIELD for a ranking that this format cannot hold: those around it are still good
   * @throws ClosedPipe, StarlingError E_WRITE
   */
  write(ranking: Ranking): Promise<void>;
}
