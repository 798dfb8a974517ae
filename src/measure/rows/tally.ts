import type { Evaluation } from '../../contracts/agreement.js';
import type { Ranking } from '../../contracts/ranking.js';
import { JUDGED_TOGETHER } from '../judge-ceiling.js';
import type { LabelledAnswer } from './labelled-answers.js';

export type Counts = Pick<
  Evaluation,
  | 'rows'
  | 'rows_with_errors'
  | 'rows_compared'
  | 'comparisons'
  | 'answers'
  | 'truncated_answers'
  | 'equal_label_scores'
  | 'rows_with_label_scores'
  | 'k'
>;

/** Counts rows, answers and comparisons. */
export class Tally {
  #rows = 0;
  #rowsCompared = 0;
  #rowsJudgedTogether = 0;
  #rowsWithLabelScores = 0;
  #comparisons = 0;
  #answers = 0;
  #truncated = 0;
  #equalLabelScores = 0;
  #fewest: number | null = null;
  #most: number | null = null;

  addRow({ scores, truncated }: Ranking): void {
    const k = scores.length;
    this.#rows += 1;
    this.#answers += k;
    this.#truncated += truncated?.length ?? 0;
    this.#fewest = Math.min(this.#fewest ?? k, k);
    this.#most = Math.max(this.#most ?? k, k);
  }

  /**
   * @param labelled from the best label to the worst
   * @param k number of answers of the row, labelled or not
   */
  addCompared(labelled: readonly LabelledAnswer[], k: number): void {
    this.#rowsCompared += 1;
    if (k === JUDGED_TOGETHER && labelled.length === k) this.#rowsJudgedTogether += 1;
    if (labelled.every(({ labelScore }) => labelScore !== null)) this.#rowsWithLabelScores += 1;
    labelled.forEach((better, i) => {
      for (const worse of labelled.slice(i + 1)) {
        if (better.label === worse.label) continue;
        this.#comparisons += 1;
        if (better.labelScore !== null && better.labelScore === worse.labelScore) this.#equalLabelScores += 1;
      }
    });
  }

  /** Whether there are compared rows and each has seven answers, all labelled. */
  get allJudgedTogether(): boolean {
    return this.#rowsCompared > 0 && this.#rowsJudgedTogether === this.#rowsCompared;
  }

  /** Whether there are compared rows and each has a label score for all its labels. */
  get allScored(): boolean {
    return this.#rowsCompared > 0 && this.#rowsWithLabelScores === this.#rowsCompared;
  }

  /** @param rowsWithErrors rows that were not added, as they have no ranking */
  counts(rowsWithErrors: number): Counts {
    return {
      rows: this.#rows,
      rows_with_errors: rowsWithErrors,
      rows_compared: this.#rowsCompared,
      comparisons: this.#comparisons,
      answers: this.#answers,
      truncated_answers: this.#truncated,
      equal_label_scores: this.#equalLabelScores,
      rows_with_label_scores: this.#rowsWithLabelScores,
      k: { min: this.#fewest, max: this.#most },
    };
  }
}
