import type { Evaluation } from '../../agreement.js';
import type { Ranking } from '../../types.js';

/** What the page shows. */
export interface Report {
  evaluation: Evaluation;
  /** The rankings of the evaluation's `worst_rows` in the same order, with prompt and answers where they carry them. */
  worst: readonly Ranking[];
  /** Names of what was read. */
  inputs: readonly string[];
  /** What gave the rewards, if this run did. */
  model?: string;
  /** The program's name and version. */
  program: string;
}
