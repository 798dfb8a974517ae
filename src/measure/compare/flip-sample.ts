import type { Estimate } from '../../contracts/agreement.js';
import { estimateOf } from '../bootstrap/resampled-value.js';
import { Resampling, type ResamplingOptions } from '../bootstrap/resampling.js';
import { SampleColumn } from '../bootstrap/sample-column.js';
import type { PairedRuns } from './paired-runs.js';

/** How often the two runs order the answers of a row differently, over all paired rows or some. It needs no labels. */
export class FlipSample {
  readonly #runs: PairedRuns;
  readonly #resampling: Resampling;

  constructor(runs: PairedRuns, options: ResamplingOptions) {
    this.#runs = runs;
    this.#resampling = new Resampling(runs.clusters, options);
  }

  column(): SampleColumn {
    return new SampleColumn(this.#resampling);
  }

  addFlips(column: SampleColumn, row: number): void {
    column.add(this.#unitOf(row), { sum: this.#runs.flipped[row], count: this.#runs.pairs[row] });
  }

  /** Share of all pairs of answers that flipped, from 0 to 1. */
  flippedPairs(): Estimate {
    const column = this.column();
    for (let row = 0; row < this.#runs.rows; row++) this.addFlips(column, row);
    return this.estimate(column);
  }

  /** Mean of `Flips.changedBest` over rows, from 0 to 1. */
  changedBest(): Estimate {
    const column = this.column();
    const { changedBest } = this.#runs;
    // Sums of thirds are rounded, so they would depend on the order of the rows. Sums of halves are exact.
    const ascending = Int32Array.from(changedBest.keys()).sort((a, b) => changedBest[a] - changedBest[b]);
    for (const row of ascending) column.add(this.#unitOf(row), { sum: changedBest[row], count: 1 });
    return this.estimate(column);
  }

  estimate(column: SampleColumn): Estimate {
    const whyUndefined = this.#runs.rows === 0 ? 'no row is in both runs' : 'no row has two answers';
    return estimateOf(column.ratio(whyUndefined), this.#resampling.options.level);
  }

  #unitOf(row: number): number {
    return this.#resampling.unitOf[this.#runs.clusterOf[row]];
  }
}
