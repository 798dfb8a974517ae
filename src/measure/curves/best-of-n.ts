import type { BestOfN } from '../../contracts/agreement.js';
import type { Sample } from '../bootstrap/measured-rows.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import type { ComparedRow } from '../rows/compared-rows.js';
import { scoreLevels } from '../statistics/score-levels.js';

/** The curve has every n up to this, then doublings: rows of very many answers would otherwise have as many points. */
const EVERY_N = 32;

const SOURCES = ['reward', 'length', 'random'] as const;
const NO_SUCH_ROW = 'no row has so many labelled answers';

/**
 * Expected regret of best-of-n selection by reward, by length and at random, for n = 1 to the largest number of labelled answers. Each
 * point is the mean over the rows with at least n labelled answers.
 *
 * @param unit of the regret: `label_score` only if every row has label scores; else `rank`, where one rank further down is worth one less
 */
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

/** The value of each labelled answer, higher = better: its label score, or its rank with a minus. */
function valuesOf({ labels, labelScores }: ComparedRow, unit: BestOfN['unit']): readonly number[] {
  return unit === 'label_score' && labelScores !== undefined ? labelScores : labels.map((label) => 0 - label);
}

/**
 * Expected regret of best-of-n for n = 1 to K, at least 0, in the unit of `values`. Of the K answers n are drawn without replacement. The
 * regret is the best value among them less the value of the one with the best score. Ties for the best score are broken at random.
 */
export function regrets(scores: readonly number[], values: readonly number[], misses = new Misses()): number[] {
  const byScore = expectedBest(scores, values, misses);
  // The exact regret is 0 for n = 1 and never negative. Anything else is rounding error.
  return expectedBest(values, values, misses).map((best, others) =>
    others === 0 ? 0 : Math.max(0, best - byScore[others]),
  );
}

/**
 * For n = 1 to K, the mean value of the best-scoring answer of n, over all subsets of n answers: the unbiased estimator of best-of-n
 * ("WebGPT", arXiv 2112.09332, appendix I), with ties.
 *
 * Let a level be m answers of equal score with `above` answers of higher score. The best-scoring answer of a subset is in this level if the
 * subset has an answer of the level and none above it. That holds for C(K - above, n) - C(K - above - m, n) of the C(K, n) subsets.
 * By symmetry each answer of the level is equally likely to be chosen.
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
 * C(k - first, n) / C(k, n) for n = 1 to k: the probability that n answers drawn from k without replacement miss all of the `first` best.
 * Computed once for each k and `first`, as most rows have the same few sizes.
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
