import type { Evaluation, Ranking } from '../types.js';
import { forEachComparison } from './comparisons.js';
import { JUDGED_TOGETHER } from './judge-ceiling.js';
import type { LabelledAnswers } from './labelled-answers.js';

export type Counts = Pick<
  Evaluation,
  'rows' | 'rows_compared' | 'comparisons' | 'answers' | 'truncated_answers' | 'equal_label_scores' | 'k'
>;

/** Counts of what was seen, beside the statistics. */
export class Tally {
  #rows = 0;
  #rowsCompared = 0;
  #rowsJudgedTogether = 0;
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

  /** @param k answers of the row, labelled or not */
  addCompared({ labels, labelScores }: LabelledAnswers, k: number): void {
    this.#rowsCompared += 1;
    if (k === JUDGED_TOGETHER && labels.length === k) this.#rowsJudgedTogether += 1;
    forEachComparison(labels, (better, worse) => {
      this.#comparisons += 1;
      if (labelScores[better] !== null && labelScores[better] === labelScores[worse]) this.#equalLabelScores += 1;
    });
  }

  /** Whether there are compared rows and each has seven answers, all labelled. */
  get allJudgedTogether(): boolean {
    return this.#rowsCompared > 0 && this.#rowsJudgedTogether === this.#rowsCompared;
  }

  counts(): Counts {
    return {
      rows: this.#rows,
      rows_compared: this.#rowsCompared,
      comparisons: this.#comparisons,
      answers: this.#answers,
      truncated_answers: this.#truncated,
      equal_label_scores: this.#equalLabelScores,
      k: { min: this.#fewest, max: this.#most },
    };
  }
}
