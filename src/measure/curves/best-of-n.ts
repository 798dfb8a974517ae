import type { BestOfN } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import type { ComparedRow } from '../rows/compared-rows.js';
import { scoreLevels } from '../statistics/score-levels.js';

/** Every n up to this, then powers of two: rows of very many answers would have a curve of as many points. */
const EVERY_N = 32;

const SOURCES = ['reward', 'length', 'random'] as const;
const NO_SUCH_ROW = 'no row has so many labelled answers';

/** @param unit label scores only if every row has them */
export function bestOfN(sample: Sample, unit: BestOfN['unit']): BestOfN {
  const misses = new Misses();
  const columns = new Map<number, Record<(typeof SOURCES)[number], SampleColumn>>();
  for (const row of sample.rows) {
    const values = valuesOf(row, unit);
    const lost = [row.scores, row.lengths, values.map(() => 0)].map((scores) => regrets(scores, values, misses));
    for (let n = 1; n <= row.labels.length; n = nextN(n)) {
      const ofN = columns.get(n) ?? { reward: sample.column(), length: sample.column(), random: sample.column() };
      columns.set(n, ofN);
      SOURCES.forEach((source, s) => {
        ofN[source].add(sample.unitOf[row.row], { sum: lost[s][n - 1], count: 1 });
      });
    }
  }
  const points = [...columns].sort(([a], [b]) => a - b);
  const estimate = (column: SampleColumn) => sample.estimate(column.ratio(NO_SUCH_ROW));
  return {
    unit,
    points: points.map(([n, { reward, length, random }]) => ({
      n,
      reward: estimate(reward),
      length: estimate(length),
      random: estimate(random),
    })),
  };
}

function nextN(n: number): number {
  return n < EVERY_N ? n + 1 : 2 * n;
}

/** The judge's scores, or places: one rank further down is worth one less. */
function valuesOf({ labels, labelScores }: ComparedRow, unit: BestOfN['unit']): readonly number[] {
  return unit === 'label_score' && labelScores !== undefined ? labelScores : labels.map((label) => 0 - label);
}

/**
 * For n = 1 to K, what is lost on average by taking the answer with the best score among n that are drawn without replacement,
 * against the best value among the same n. Of answers that tie for the best score each is as likely to be taken.
 */
export function regrets(scores: readonly number[], values: readonly number[], misses = new Misses()): number[] {
  const byScore = expectedBest(scores, values, misses);
  // Of one answer nothing is lost, and nothing is better than the best: what else there is, is rounding.
  return expectedBest(values, values, misses).map((best, others) =>
    others === 0 ? 0 : Math.max(0, best - byScore[others]),
  );
}

/**
 * For n = 1 to K the mean value of the best-scoring answer of n, over all subsets. It is of a level of equal scores, with `above`
 * answers better and m in it, if none of those above is drawn but one of the level is: C(K - above, n) - C(K - above - m, n) of
 * C(K, n) subsets; by symmetry each of the level is as likely to be it.
 */
function expectedBest(scores: readonly number[], values: readonly number[], misses: Misses): number[] {
  const k = scores.length;
  const expected = new Array<number>(k).fill(0);
  let above = 0;
  let noneAbove = misses.of(0, k);
  for (const level of scoreLevels(scores)) {
    const mean = level.reduce((sum, i) => sum + values[i], 0) / level.length;
    above += level.length;
    const noneInLevel = misses.of(above, k);
    for (let n = 0; n < k; n++) expected[n] += mean * (noneAbove[n] - noneInLevel[n]);
    noneAbove = noneInLevel;
  }
  return expected;
}

/**
 * C(k - first, n) / C(k, n) for n = 1 to k: the probability that n of k draws miss `first` of them. Worked out once for each k and
 * first: rows differ in their scores, and hardly in their sizes.
 */
class Misses {
  readonly #known = new Map<number, number[][]>();

  of(first: number, k: number): readonly number[] {
    const ofK = this.#known.get(k) ?? [];
    this.#known.set(k, ofK);
    ofK[first] ??= probabilitiesToMiss(first, k);
    return ofK[first];
  }
}

function probabilitiesToMiss(first: number, k: number): number[] {
  let probability = 1;
  return Array.from({ length: k }, (_, drawn) => {
    probability *= Math.max(0, k - first - drawn) / (k - drawn);
    return probability;
  });
}
