import { quantile } from './quantile.js';
import { Xoshiro128 } from './xoshiro128.js';

/** A statistic's sums and counts, one of each a cluster. */
export interface Column {
  sums: Float64Array;
  counts: Float64Array;
}

/**
 * The cluster bootstrap ("Bootstrapping clustered data", J. R. Statist. Soc. B 69, 2007): each resample draws as many clusters as there are,
 * with replacement, and divides the drawn sums by the drawn counts.
 * All columns see the same draws, so that replicate r of one column is paired with replicate r of another.
 * The draws depend on `seed` and the number of clusters alone: `below(clusters)` of Xoshiro128, resample after resample.
 *
 * @param columns each `clusters` long
 * @returns for each column `resamples` replicates in the order of drawing, NaN where the drawn count is 0
 */
export function bootstrapReplicates(
  columns: readonly Column[],
  clusters: number,
  resamples: number,
  seed: number,
): Float64Array[] {
  const random = Xoshiro128.seeded(seed);
  const replicates = columns.map(() => new Float64Array(resamples));
  const weights = new Float64Array(clusters);
  for (let r = 0; r < resamples; r++) {
    drawWeights(weights, random);
    columns.forEach((column, c) => {
      replicates[c][r] = weightedRatio(column, weights);
    });
  }
  return replicates;
}

/** How often each cluster is drawn. Weights instead of a list of draws let the sums run through memory in order. */
function drawWeights(weights: Float64Array, random: Xoshiro128): void {
  weights.fill(0);
  for (let i = 0; i < weights.length; i++) weights[random.below(weights.length)] += 1;
}

function weightedRatio({ sums, counts }: Column, weights: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < weights.length; i++) {
    sum += weights[i] * sums[i];
    count += weights[i] * counts[i];
  }
  // NaN where nothing that counts was drawn: 0 / 0.
  return sum / count;
}

/** The percentile interval (Canadian Journal of Statistics 9, 1981) that holds `level`, e.g. 0.95, of the replicates; NaN ones are left out. `null` if none is left. */
export function percentileInterval(replicates: Float64Array, level: number): { low: number; high: number } | null {
  const defined = replicates.filter((value) => !Number.isNaN(value)).sort();
  if (defined.length === 0) return null;
  const tail = (1 - level) / 2;
  return { low: quantile(defined, tail), high: quantile(defined, 1 - tail) };
}
