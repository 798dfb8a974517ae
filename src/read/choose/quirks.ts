import { isStockRefusal } from '../../contracts/refusal.js';
import type { Row } from '../../contracts/row.js';

/** Counts of common flaws of preference data that may distort statistics. */
export interface QuirkCounts {
  /** Rows in which two answers are the same text. */
  repeatedAnswers: number;
  /** Rows in which two answers come from the same model. */
  repeatedModels: number;
  /** Answers that are only a stock refusal, which Nectar uses as a placeholder. */
  refusals: number;
  /** Rows with a gap in the ranks that no tie explains. */
  gaps: number;
  /** Rows in which some answers have a label and others have none. */
  partlyLabelled: number;
}

/** Counts the quirks of rows. */
export class Quirks {
  readonly counts: QuirkCounts = { repeatedAnswers: 0, repeatedModels: 0, refusals: 0, gaps: 0, partlyLabelled: 0 };

  add({ answers }: Row): void {
    const ranks = answers.flatMap(({ rank }) => rank ?? []);
    this.counts.repeatedAnswers += Number(hasRepeated(answers.map(({ text }) => text)));
    this.counts.repeatedModels += Number(hasRepeated(answers.flatMap(({ model }) => model ?? [])));
    this.counts.refusals += answers.filter(({ text }) => isStockRefusal(text)).length;
    this.counts.gaps += Number(hasGap(ranks));
    this.counts.partlyLabelled += Number(ranks.length > 0 && ranks.length < answers.length);
  }
}

function hasRepeated(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}

/**
 * Whether ranks have a gap. Ties may be ranked 1 2 2 3 (dense), 1 2 2 4 (best place), 1 3 3 4 (worst place) or 1 2.5 2.5 4 (mean place).
 */
function hasGap(ranks: readonly number[]): boolean {
  const sorted = [...ranks].sort((a, b) => a - b);
  const distinct = [...new Set(sorted)];
  const ways = sorted.map((rank) => {
    const first = sorted.indexOf(rank) + 1;
    const last = sorted.lastIndexOf(rank) + 1;
    return [distinct.indexOf(rank) + 1, first, last, (first + last) / 2];
  });
  return ranks.length > 0 && ![0, 1, 2, 3].some((way) => sorted.every((rank, i) => rank === ways[i][way]));
}
