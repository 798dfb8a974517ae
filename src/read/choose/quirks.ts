import { isStockRefusal } from '../../contracts/refusal.js';
import type { Row } from '../../contracts/row.js';

/** What preference data often has and figures may suffer from, in counts. */
export interface QuirkCounts {
  /** Rows in which two answers are the same text. */
  repeatedAnswers: number;
  /** Rows in which two answers are of the same model. */
  repeatedModels: number;
  /** Answers that are a stock refusal and nothing else, with which Nectar fills slots. */
  refusals: number;
  /** Rows whose ranks leave one out that no tie explains. */
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

/** Ties may be written 1 2 2 3 (dense), 1 2 2 4 (the best of the places they take), 1 3 3 4 (the worst) or 1 2.5 2.5 4 (the mean). */
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
