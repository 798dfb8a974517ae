import { RowError } from '../errors.js';
import type { Ranking } from '../types.js';
import type { LabelledScores } from './statistic.js';

/** The answers of a row that have a label: what statistics and baselines see of it. All arrays are equally long. */
export interface LabelledAnswers extends LabelledScores {
  /** Unicode code points. */
  lengths: readonly number[];
  labelScores: readonly (number | null)[];
}

/**
 * The labelled answers of a ranking, or `undefined` if no two of its labels differ: then there is nothing to compare.
 * Throws a `RowError` (E_FIELD) if scores, lengths or labels do not belong together, or a score is NaN.
 */
export function labelledAnswers(ranking: Ranking): LabelledAnswers | undefined {
  const { labels } = ranking;
  if (labels === undefined) return undefined;
  checkShape(ranking, labels);
  const kept: number[] = [];
  const keptLabels: number[] = [];
  labels.forEach((label, i) => {
    if (label === null) return;
    kept.push(i);
    keptLabels.push(label);
  });
  if (keptLabels.every((label) => label === keptLabels[0])) return undefined;
  return {
    labels: keptLabels,
    scores: kept.map((i) => ranking.scores[i]),
    lengths: kept.map((i) => ranking.lengths[i]),
    labelScores: kept.map((i) => ranking.label_scores?.[i] ?? null),
  };
}

function checkShape({ index, scores, lengths }: Ranking, labels: readonly (number | null)[]): void {
  if (scores.some(Number.isNaN)) {
    throw new RowError('E_FIELD', 'a score is not a number, so it has no rank; score the row again', {
      row: index,
      field: 'scores',
    });
  }
  checkLength('labels', labels.length, scores.length, index);
  checkLength('lengths', lengths.length, scores.length, index);
}

function checkLength(field: string, actual: number, expected: number, row: number): void {
  if (actual === expected) return;
  const message = `${actual} ${field} for ${expected} scores; expected one for each answer: is the file the output of score?`;
  throw new RowError('E_FIELD', message, { row, field });
}
