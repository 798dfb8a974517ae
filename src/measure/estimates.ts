import type { Estimate } from '../types.js';
import { bootstrapReplicates, type Column, percentileInterval } from './bootstrap.js';

export interface BootstrapOptions {
  resamples: number;
  seed: number;
  /** Of the interval, e.g. 0.95. */
  level: number;
}

/** Value, interval and n of every column. An interval needs two clusters with something to say: one alone would give width 0, as if it were certain. */
export function estimates(columns: readonly Column[], clusters: number, options: BootstrapOptions): Estimate[] {
  const replicates = bootstrapReplicates(columns, clusters, options.resamples, options.seed);
  return columns.map((column, c) => estimate(column, replicates[c], options.level));
}

function estimate({ sums, counts }: Column, replicates: Float64Array, level: number): Estimate {
  const n = total(counts);
  if (n === 0) return undefinedEstimate(counts.length);
  const value = total(sums) / n;
  const interval = counts.filter((count) => count > 0).length > 1 ? percentileInterval(replicates, level) : null;
  if (interval === null) return { value, low: null, high: null, n, reason: 'no interval: it rests on one prompt' };
  return { value, ...interval, n };
}

function undefinedEstimate(clusters: number): Estimate {
  const reason =
    clusters === 0 ? 'no row has two answers with different labels' : 'all answers tie in every row with labels';
  return { value: null, low: null, high: null, n: 0, reason };
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
