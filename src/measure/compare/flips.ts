import { direction } from '../statistics/direction.js';

export interface Flips {
  /** Pairs of answers that the two runs order differently; a tie in one of them counts half. */
  flipped: number;
  pairs: number;
  /** Jaccard distance of the runs' sets of best answers: 0 if they are the same, 1 if they have no answer in common. */
  changedBest: number;
}

/** Compares two runs' orders of the same answers, labelled or not. @param a scores of one run @param b scores of the other, by position */
export function flips(a: readonly number[], b: readonly number[]): Flips {
  let doubled = 0;
  for (let i = 0; i < a.length; i++) {
    for (let j = i + 1; j < a.length; j++) doubled += Math.abs(direction(a[i], a[j]) - direction(b[i], b[j]));
  }
  const [bestA, bestB] = [bestOf(a), bestOf(b)];
  const either = new Set([...bestA, ...bestB]).size;
  const both = bestA.length + bestB.length - either;
  return { flipped: doubled / 2, pairs: (a.length * (a.length - 1)) / 2, changedBest: 1 - both / either };
}

function bestOf(scores: readonly number[]): number[] {
  const best = scores.reduce((x, y) => Math.max(x, y));
  return [...scores.keys()].filter((i) => scores[i] === best);
}
