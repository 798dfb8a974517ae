import type { Estimate } from '../../contracts/agreement.js';
import { expandedInterval } from './interval.js';

/** A number measured in the sample and in every resample. NaN stands for undefined here and nowhere outside. */
export interface ResampledValue {
  value: number;
  n: number;
  /** In the order of drawing. */
  replicates: Float64Array;
  /** Prompts (or groups of them) that have a say in it. */
  prompts: number;
  /** The reason if the value is undefined. */
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
 * Whether an interval from so many prompts can be one of this level. No resample goes beyond the least and the greatest of them, and
 * even these two have the median between them only with probability 1 - 2^(1 - n): six prompts for 95 %.
 */
export function reaches(prompts: number, level: number): boolean {
  return 1 - 2 ** (1 - prompts) >= level;
}

function tooFew(prompts: number): string {
  return prompts === 1 ? 'no interval: it rests on one prompt' : `no interval: it rests on ${prompts} prompts, too few`;
}

/** `a` less `b`, paired resample by resample. */
export function difference(a: ResampledValue, b: ResampledValue): ResampledValue {
  return {
    value: a.value - b.value,
    n: Math.min(a.n, b.n),
    replicates: a.replicates.map((value, r) => value - b.replicates[r]),
    prompts: Math.min(a.prompts, b.prompts),
    whyUndefined: Number.isNaN(a.value) ? a.whyUndefined : b.whyUndefined,
  };
}
