import type { Estimate } from '../../contracts/agreement.js';
import { expandedInterval } from './interval.js';

/** A statistic in the sample and in every resample. NaN means undefined; outside of `src/measure` this is `null`. */
export interface ResampledValue {
  value: number;
  /** What the value rests on: pairs, rows or answers. */
  n: number;
  /** The value in each resample, in the order of drawing. */
  replicates: Float64Array;
  /** The number of resampling units that contribute to it. */
  prompts: number;
  /** The reason given if the value is undefined. */
  whyUndefined: string;
}

export function undefinedValue(whyUndefined: string): ResampledValue {
  return { value: Number.NaN, n: 0, replicates: new Float64Array(), prompts: 0, whyUndefined };
}

/** @param level of the interval, e.g. 0.95 */
export function estimateOf(resampled: ResampledValue, level: number): Estimate {
  const { value, n, replicates, prompts, whyUndefined } = resampled;
  if (Number.isNaN(value)) return { value: null, low: null, high: null, n, reason: whyUndefined };
  const interval = reaches(prompts, level) ? expandedInterval(replicates, level, prompts) : null;
  if (interval === null) return { value, low: null, high: null, n, reason: tooFew(prompts) };
  return { value, ...interval, n };
}

/**
 * Whether an interval from n prompts can reach this level. The percentiles of the resamples lie between the smallest and the greatest of n
 * values, and these two enclose the median with probability 1 - 2^(1 - n). So 95 % takes six prompts.
 */
export function reaches(prompts: number, level: number): boolean {
  return 1 - 2 ** (1 - prompts) >= level;
}

function tooFew(prompts: number): string {
  return prompts === 1 ? 'no interval: it rests on one prompt' : `no interval: it rests on ${prompts} prompts, too few`;
}

/** `a` minus `b`, paired resample by resample. */
export function difference(a: ResampledValue, b: ResampledValue): ResampledValue {
  return {
    value: a.value - b.value,
    n: Math.min(a.n, b.n),
    replicates: a.replicates.map((value, r) => value - b.replicates[r]),
    prompts: Math.min(a.prompts, b.prompts),
    whyUndefined: Number.isNaN(a.value) ? a.whyUndefined : b.whyUndefined,
  };
}
