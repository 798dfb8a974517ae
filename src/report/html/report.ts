import type { Evaluation } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import type { RowTexts } from '../../contracts/row.js';

/** What the page shows. */
export interface Report {
  evaluation: Evaluation;
  /** The rankings of the evaluation's `worst_rows` in the same order, with what was said where that is known. */
  worst: readonly { ranking: Ranking; texts?: RowTexts }[];
  /** Names of what was read. */
  inputs: readonly string[];
  /** What gave the rewards, if this run did. */
  model?: string;
  /** The program's name and version. */
  program: string;
}
