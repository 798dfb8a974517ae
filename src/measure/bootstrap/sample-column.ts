import type { Contribution } from '../statistics/statistic.js';
import type { ResampledValue } from './resampled-value.js';
import type { Resampling } from './resampling.js';

/** Totals of a column, in the sample and in every resample. */
export interface Totals {
  sum: number;
  count: number;
  sums: Float64Array;
  counts: Float64Array;
  /** The number of units whose count is not 0. */
  units: number;
}

/** A sum and a count for each resampling unit. */
export interface UnitSums {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Sums and counts of a statistic, one of each for a resampling unit. The order in which rows are added changes the last bits of a sum, so
 * rows are sorted by content before.
 */
export class SampleColumn implements UnitSums {
  readonly #resampling: Resampling;
  readonly sums: Float64Array;
  readonly counts: Float64Array;

  constructor(resampling: Resampling) {
    this.#resampling = resampling;
    this.sums = new Float64Array(resampling.units);
    this.counts = new Float64Array(resampling.units);
  }

  add(unit: number, { sum, count }: Contribution): void {
    this.sums[unit] += sum;
    this.counts[unit] += count;
  }

  /** Adds what another column of the same resampling holds. */
  include(other: SampleColumn): void {
    for (let unit = 0; unit < this.sums.length; unit++) {
      this.sums[unit] += other.sums[unit];
      this.counts[unit] += other.counts[unit];
    }
  }

  totals(): Totals {
    const units = Int32Array.from(this.counts.keys()).filter((unit) => this.counts[unit] !== 0);
    const sums = Float64Array.from(units, (unit) => this.sums[unit]);
    const counts = Float64Array.from(units, (unit) => this.counts[unit]);
    const [drawnSums, drawnCounts] = this.#resampling.sums(sums, counts, units);
    return { sum: total(sums), count: total(counts), sums: drawnSums, counts: drawnCounts, units: units.length };
  }

  /** The sum of all sums divided by the sum of all counts; undefined if that is 0. */
  ratio(whyUndefined: string): ResampledValue {
    const { sum, count, sums, counts, units } = this.totals();
    const replicates = sums.map((drawn, r) => drawn / counts[r]);
    return { value: sum / count, n: count, replicates, prompts: units, whyUndefined };
  }
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
