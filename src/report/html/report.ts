import type { Evaluation } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import type { RowTexts } from '../../contracts/row.js';

/** What the page shows. */
export interface Report {
  evaluation: Evaluation;
  /** The rankings of the evaluation's `worst_rows` in the same order, with their texts where these are known. */
  worst: readonly { ranking: Ranking; texts?: RowTexts }[];
  /** Names of the inputs, without their folders. */
  inputs: readonly string[];
  /** The program's name and version. */
  program: string;
}
