import { NO_CONTRIBUTION, type Statistic } from './statistic.js';

/**
 * Pearson's correlation between scores and label scores, 1 = on a rising line; mean over the rows where it is defined: those whose
 * labelled answers all have a label score, where neither all scores nor all label scores are equal. Ties need no treatment:
 * it is about values, not ranks.
 */
export const pearson: Statistic = {
  name: 'pearson',
  whyUndefined: 'no row has label scores for all its labels that differ, and scores that differ',
  contribution({ scores, labelScores }) {
    if (labelScores === undefined || allEqual(scores) || allEqual(labelScores)) return NO_CONTRIBUTION;
    return { sum: correlation(scores, labelScores), count: 1 };
  },
  atRandom({ labelScores }) {
    return labelScores === undefined || allEqual(labelScores) ? NO_CONTRIBUTION : { sum: 0, count: 1 };
  },
};

function correlation(a: readonly number[], b: readonly number[]): number {
  const [unitA, unitB] = [centredUnit(a), centredUnit(b)];
  return unitA.reduce((sum, value, i) => sum + value * unitB[i], 0);
}

/** Distances from the mean, scaled to length 1 before anything is multiplied: products of tiny ones would vanish. */
function centredUnit(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const distances = values.map((value) => value - mean);
  const length = Math.hypot(...distances);
  return distances.map((distance) => distance / length);
}

/** Asked of the values themselves: their distances from the mean may be not quite zero. */
function allEqual(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
