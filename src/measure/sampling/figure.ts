import type { Estimate } from '../../agreement.js';
import { expandedInterval } from './interval.js';

/** A number measured in the sample and in every resample. NaN stands for undefined here and nowhere outside. */
export interface Figure {
  value: number;
  n: number;
  /** In the order of drawing. */
  replicates: Float64Array;
  /** Prompts (or groups of them) that have a say in it. */
  prompts: number;
  /** The reason if the value is undefined. */
  whyUndefined: string;
}

export function undefinedFigure(whyUndefined: string): Figure {
  return { value: Number.NaN, n: 0, replicates: new Float64Array(), prompts: 0, whyUndefined };
}

/** @param level of the interval, e.g. 0.95 */
export function estimateOf(figure: Figure, level: number): Estimate {
  const { value, n, replicates, prompts, whyUndefined } = figure;
  if (Number.isNaN(value)) return { value: null, low: null, high: null, n, reason: whyUndefined };
  // One prompt alone would give width 0, as if it were certain.
  const interval = prompts > 1 ? expandedInterval(replicates, level, prompts) : null;
  if (interval === null) return { value, low: null, high: null, n, reason: 'no interval: it rests on one prompt' };
  return { value, ...interval, n };
}

/** `a` less `b`, paired resample by resample. */
export function difference(a: Figure, b: Figure): Figure {
  return {
    value: a.value - b.value,
    n: Math.min(a.n, b.n),
    replicates: a.replicates.map((value, r) => value - b.replicates[r]),
    prompts: Math.min(a.prompts, b.prompts),
    whyUndefined: Number.isNaN(a.value) ? a.whyUndefined : b.whyUndefined,
  };
}
