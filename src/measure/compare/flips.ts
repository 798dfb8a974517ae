import { direction } from '../statistics/direction.js';

export interface Flips {
  /** Pairs of answers that the two runs order differently; a tie in one of them counts half. */
  flipped: number;
  pairs: number;
  /** 1 if the two have no best answer in common, 0 if they have the same; with ties 1 less the share of those that both have. */
  changedBest: number;
}

/** What differs between two runs' orders of the same answers, labelled or not. */
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
