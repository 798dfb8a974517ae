import { ranksOf } from '../../contracts/ranks.js';
import type { ResampledValue } from '../bootstrap/resampled-value.js';
import { strengths } from '../solvers/bradley-terry.js';
import type { tauB } from '../statistics/kendall-tau-b.js';
import type { rankCorrelation } from '../statistics/spearman.js';
import { JUDGES, type Judge, type ModelPairs } from './model-pairs.js';

const PRECISION = 1e-12;
/** Of a resample's log-odds: a fiftieth of a point. */
const RESAMPLED_PRECISION = 1e-4;

const POINTS_PER_LOG_ODDS = 400 / Math.LN10;
const MEAN_POINTS = 1000;

/** What a judge makes of the models: numbers of each, in the sample and in every resample. */
export interface Ratings {
  /** On Elo's scale. */
  points: Numbers;
  /** 1 = best; equal ratings share the best rank. */
  ranks: Numbers;
}

export interface Numbers {
  values: readonly number[];
  replicates: readonly (readonly number[])[];
}

/** Bradley-Terry ratings by each judge. The same fit is made to every resample, from where that of the sample ended. */
export function ratings(pairs: ModelPairs): Record<Judge, Ratings> {
  const all = pairs.contests();
  const found = JUDGES.map((judge) => strengths(all[judge], new Float64Array(pairs.models.length), PRECISION));
  const resampled = Array.from(pairs.resampledContests(), (drawn) =>
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

/** The figure of one model. */
export function ofModel({ values, replicates }: Numbers, model: number, n: number, prompts: number): ResampledValue {
  const ofReplicates = Float64Array.from(replicates, (one) => one[model]);
  return { value: values[model], n, replicates: ofReplicates, prompts, whyUndefined: '' };
}

/** How far two judges order the models alike. */
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
