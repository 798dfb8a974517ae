import { normalTail, studentQuantile } from './distributions.js';
import { quantile } from './quantile.js';

/**
 * The expanded percentile interval ("What Teachers Should Know About the Bootstrap", The American Statistician 69, 2015). The plain
 * percentile interval is too narrow, by the factor sqrt((n - 1) / n) and because it corresponds to normal instead of t quantiles. This one
 * uses smaller tails, so that for a mean of normal values it is as wide as Student's t interval.
 *
 * @param replicates the statistic in each resample; NaN is left out
 * @param level e.g. 0.95
 * @param n number of units that were resampled, at least 2
 * @returns `null` if no replicate is defined
 */
export function expandedInterval(
  replicates: Float64Array,
  level: number,
  n: number,
): { low: number; high: number } | null {
  const defined = replicates.filter((value) => !Number.isNaN(value)).sort();
  if (defined.length === 0) return null;
  const tail = expandedTail((1 - level) / 2, n);
  return { low: quantile(defined, tail), high: quantile(defined, 1 - tail) };
}

/** The share of replicates to leave out at each end; the percentile interval leaves out `tail`. @param n as for `expandedInterval` */
export function expandedTail(tail: number, n: number): number {
  return normalTail(Math.sqrt(n / (n - 1)) * studentQuantile(tail, n - 1));
}
