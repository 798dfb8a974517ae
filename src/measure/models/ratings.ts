import { ranksOf } from '../../contracts/ranks.js';
import type { ResampledValue } from '../bootstrap/resampled-value.js';
import { strengths } from '../solvers/bradley-terry.js';
import type { tauB } from '../statistics/kendall-tau-b.js';
import type { rankCorrelation } from '../statistics/spearman.js';
import { JUDGES, type Judge, type ModelPairs } from './model-pairs.js';

/** In log-odds. */
const PRECISION = 1e-12;
/** Precision in a resample, in log-odds: a fiftieth of a point. */
const RESAMPLED_PRECISION = 1e-4;

const POINTS_PER_LOG_ODDS = 400 / Math.LN10;
const MEAN_POINTS = 1000;

/** The models' ratings by one judge, in the sample and in each resample. */
export interface Ratings {
  /** Elo scale: 400 points are odds of 10 to 1; the mean is 1000. */
  points: Numbers;
  /** 1 = best; equal ratings share the best rank. */
  ranks: Numbers;
}

/** A number for each model. */
export interface Numbers {
  values: readonly number[];
  replicates: readonly (readonly number[])[];
}

/** Bradley-Terry ratings by each judge. The fit to a resample starts at the result of the sample. */
export function ratings(pairs: ModelPairs): Record<Judge, Ratings> {
  const all = pairs.counts();
  const found = JUDGES.map((judge) => strengths(all[judge], new Float64Array(pairs.models.length), PRECISION));
  const resampled = Array.from(pairs.resampledCounts(), (drawn) =>
    JUDGES.map((judge, j) => strengths(drawn[judge], found[j], RESAMPLED_PRECISION)),
  );
  const of = (j: number): Ratings => {
    const points = { values: inPoints(found[j]), replicates: resampled.map((one) => inPoints(one[j])) };
    return {
      points,
      ranks: { values: ranksOf(points.values).ranks, replicates: points.replicates.map((one) => ranksOf(one).ranks) },
    };
  };
  return { labels: of(0), reward: of(1), length: of(2) };
}

function inPoints(logOdds: Float64Array): number[] {
  return Array.from(logOdds, (strength) => MEAN_POINTS + POINTS_PER_LOG_ODDS * strength);
}

/** The number of one model. @param n pairs of answers that it rests on */
export function ofModel({ values, replicates }: Numbers, model: number, n: number, prompts: number): ResampledValue {
  const ofReplicates = Float64Array.from(replicates, (one) => one[model]);
  return { value: values[model], n, replicates: ofReplicates, prompts, whyUndefined: '' };
}

/** Correlation of two judges' ratings over the models, from -1 to 1. */
export function agreement(
  a: Ratings,
  b: Ratings,
  correlation: typeof rankCorrelation | typeof tauB,
  prompts: number,
): ResampledValue {
  return {
    value: correlation(a.points.values, b.points.values),
    n: a.points.values.length,
    replicates: Float64Array.from(a.points.replicates, (points, r) => correlation(points, b.points.replicates[r])),
    prompts,
    whyUndefined: 'all models are rated equal',
  };
}
