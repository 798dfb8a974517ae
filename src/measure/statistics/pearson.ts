import { NO_CONTRIBUTION, type Statistic } from './statistic.js';

/**
 * Pearson's correlation between scores and label scores, from -1 (on a falling line) to 1 (on a rising line): their covariance divided by
 * both standard deviations ("Regression, heredity, and panmixia", Phil. Trans. R. Soc. A 187, 1896). Mean over the rows where it is
 * defined: each labelled answer has a label score, and neither the scores nor the label scores are all equal.
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

/** Deviations from the mean, scaled to length 1 first: products of tiny deviations would underflow. */
function centredUnit(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const deviations = values.map((value) => value - mean);
  const length = Math.hypot(...deviations);
  return deviations.map((deviation) => deviation / length);
}

/** Compares the values themselves: the computed deviations of equal values from their mean may not be exactly 0. */
function allEqual(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
