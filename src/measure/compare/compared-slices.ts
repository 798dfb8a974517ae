import type { ComparedSlice, Comparison } from '../../contracts/agreement.js';
import type { SampleColumn } from '../bootstrap/sample-column.js';
import type { ComparedRow } from '../rows/compared-rows.js';
import { OF_SLICES } from '../slices/row-slice-table.js';
import { type RowSlices, rowsOfSlices, shownSlices } from '../slices/row-slices.js';
import { SliceCounts } from '../slices/slice-counts.js';
import { comparisonsWon } from '../statistics/pairwise-accuracy.js';
import { Changes, type TwoSamples } from './changes.js';
import type { FlipSample } from './flip-sample.js';
import type { PairedRuns } from './paired-runs.js';

/** Flipped pairs, and changes of the main statistics, by slice. */
export function comparedSlices(
  runs: PairedRuns,
  samples: TwoSamples,
  flips: FlipSample,
  slices: RowSlices,
): Comparison['slices'][number] {
  const { shown, leftOut } = shownSlices(slices, rowsOfSlices(slices, runs.rows));
  const parts = new Map(shown.map((slice) => [slice, new ComparedSliceSums(samples, flips)]));
  const partsOf = (row: number) =>
    Array.from(slices.ofRow(row), (slice) => parts.get(slice)).filter((part) => part !== undefined);
  for (let row = 0; row < runs.rows; row++) for (const part of partsOf(row)) part.add(row, runs.clusterOf[row]);
  for (const { row, a, b } of runs.compared()) for (const part of partsOf(row)) part.addLabelled(a, b);
  const measured = [...parts].map(([slice, part]) => ({ value: slices.values[slice], ...part.slice() }));
  return { by: slices.by, slices: measured, left_out: leftOut };
}

/** Sums over the rows of a slice in two runs. */
class ComparedSliceSums {
  readonly #counts = new SliceCounts();
  readonly #flips: FlipSample;
  readonly #flipped: SampleColumn;
  readonly #changes: Changes;

  constructor(samples: TwoSamples, flips: FlipSample) {
    this.#flips = flips;
    this.#flipped = flips.column();
    this.#changes = new Changes(samples, OF_SLICES);
  }

  add(row: number, cluster: number): void {
    this.#counts.add(row, cluster, 0);
    this.#flips.addFlips(this.#flipped, row);
  }

  addLabelled(a: ComparedRow, b: ComparedRow): void {
    this.#counts.comparisons += comparisonsWon(a).count;
    this.#changes.add(a, b);
  }

  slice(): Omit<ComparedSlice, 'value'> {
    return {
      ...this.#counts.counts(),
      flipped_pairs: this.#flips.estimate(this.#flipped),
      statistics: this.#changes.statistics(),
    };
  }
}
