import type { Estimate } from '../../contracts/agreement.js';
import type { ComparedRows } from '../rows/compared-rows.js';
import { estimateOf, type ResampledValue } from './resampled-value.js';
import { Resampling, type ResamplingOptions } from './resampling.js';
import { SampleColumn } from './sample-column.js';

const NOTHING_TO_COMPARE = 'no row has two answers with different labels';

/** The rows that are measured, and the bootstrap resamples of their prompts. */
export class Sample {
  readonly rows: ComparedRows;
  readonly resampling: Resampling;
  /** The resampling unit of each row. */
  readonly unitOf: Int32Array;

  constructor(rows: ComparedRows, options: ResamplingOptions) {
    this.rows = rows;
    this.resampling = new Resampling(rows.clusters, options);
    this.unitOf = rows.clusterOf.map((cluster) => this.resampling.unitOf[cluster]);
  }

  column(): SampleColumn {
    return new SampleColumn(this.resampling);
  }

  estimate(resampled: ResampledValue): Estimate {
    const whyUndefined = this.rows.count === 0 ? NOTHING_TO_COMPARE : resampled.whyUndefined;
    return estimateOf({ ...resampled, whyUndefined }, this.resampling.options.level);
  }

  /** Visits every pair of different label. `margin` is the score of the better label less that of the worse. */
  forEachMargin(visit: (margin: number, unit: number) => void): void {
    const { scores } = this.rows;
    this.rows.forEachComparison((better, worse, row) => {
      visit(scores[better] - scores[worse], this.unitOf[row]);
    });
  }
}
